import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { D1Error, isObject, messageOf } from 'd1-core/errors';
import type { SchemaChange } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import * as v from 'valibot';

/** An object that may differ, and why. */
export interface Ignored {
  /** Such as `index idx_a`. */
  readonly object: string;
  readonly reason: string;
}

/** In the migrations folder: `{ "table analytics": "the reporting job makes it" }`. */
export const IGNORE_FILE = 'drift-ignore.json';

/** What the file may say. */
export const ignoredShape = v.record(
  v.pipe(
    v.string(),
    v.regex(
      /^(table|index|view|trigger) ./,
      ({ received }) => `${received} does not begin with table, index, view or trigger.`,
    ),
  ),
  v.pipe(v.string('A reason is a text.'), v.regex(/\S/, 'has no reason.')),
);

/** What somebody has accepted. Throws D1Error `drift-ignore-invalid` for a file that is no such list. */
export function readIgnored(migrationsFolder: string): readonly Ignored[] {
  const file = join(migrationsFolder, IGNORE_FILE);
  if (!existsSync(file)) return [];
  const { success, output, issues } = v.safeParse(ignoredShape, parse(file), { abortEarly: true });
  if (success) return Object.entries(output).map(([object, reason]) => ({ object, reason }));
  const [{ path: [item] = [], message }] = issues;
  throw invalid(file, item?.origin === 'value' ? `${JSON.stringify(item.key)}: ${message}` : message);
}

export const isIgnored = ({ kind, name }: SchemaChange, ignored: readonly Ignored[]): boolean =>
  ignored.some(({ object }) => foldName(object) === foldName(`${kind} ${name}`));

function parse(file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw invalid(file, `${messageOf(cause)}.`);
  }
  if (isObject(value)) return value; // To a record a list is an object, too.
  throw invalid(file, 'It is not an object.');
}

const invalid = (file: string, why: string): D1Error =>
  new D1Error({
    code: 'drift-ignore-invalid',
    message: `The list of accepted differences cannot be read: ${why}`,
    fix: 'Write { "table name": "reason" }, with table, index, view or trigger before the name.',
    location: { file },
    exitCode: 2,
  });
