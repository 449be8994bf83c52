import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { D1Error, explainFileError, isObject } from 'd1-core/errors';
import type { Member } from './member.ts';

/** What a list says of a member: an id, or a name that the account knows, or both. */
export type Listed = Omit<Member, 'id' | 'name'> & { readonly id?: string; readonly name?: string };

type Entry = Readonly<Record<string, unknown>>;

/** The columns that may hold the id, in the order in which they are looked for. */
const ID_COLUMNS = ['database_id', 'id', 'uuid'];

/**
 * Reads a list of members from a file: CSV with a header, a JSON array, or JSON lines, by the end of its name. The columns are
 * `database_id`, `name` and `wave`; one of the first two is needed. Throws D1Error `invalid-list`.
 */
export function readListFile(file: string): readonly Listed[] {
  return listedOf(readEntries(file, readText(file)), (index) => `${file}, entry ${index + 1}`);
}

/** Rows of a query as members. Throws D1Error `invalid-list`. */
export const listedOf = (
  entries: readonly unknown[],
  placeOf: (index: number) => string,
): readonly Listed[] => entries.map((entry, index) => listed(entry, placeOf(index)));

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw explainFileError(error, { file }) ?? error;
  }
}

function readEntries(file: string, text: string): readonly unknown[] {
  try {
    switch (extname(file).toLowerCase()) {
      case '.csv':
        return parse(text, { columns: true, trim: true, skip_empty_lines: true });
      case '.ndjson':
      case '.jsonl':
        return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]));
      default:
        return arrayOf(JSON.parse(text));
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof CsvError)) throw cause;
    throw invalidList(file, `It cannot be read: ${cause.message}.`, cause);
  }
}

function arrayOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('it is not an array');
}

function listed(entry: unknown, place: string): Listed {
  const values: Entry = isObject(entry) ? entry : { name: entry };
  const id = ID_COLUMNS.map((column) => textOf(values[column])).find((value) => value !== undefined);
  const name = textOf(values['name']);
  if (id === undefined && name === undefined)
    throw invalidList(place, 'It has neither a "database_id" nor a "name".');
  const wave = textOf(values['wave']);
  return { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }), wave };
}

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

const invalidList = (place: string, what: string, cause?: unknown): D1Error =>
  new D1Error({
    code: 'invalid-list',
    message: `${place}: ${what}`,
    fix: 'A list is CSV with a header, a JSON array, or JSON lines (.ndjson), with the columns database_id, name and wave.',
    notes: ['No database was asked.'],
    exitCode: 2,
    cause,
  });
