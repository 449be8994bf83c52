import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { SchemaChange } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';

/** An object that may differ, and why. */
export interface Ignored {
  /** Such as `index idx_a`. */
  readonly object: string;
  readonly reason: string;
}

/** In the migrations folder: `{ "table analytics": "the reporting job makes it" }`. */
export const IGNORE_FILE = 'drift-ignore.json';

/** What somebody has accepted. Throws D1Error `drift-ignore-invalid` for a file that is no such list. */
export function readIgnored(migrationsFolder: string): readonly Ignored[] {
  const file = join(migrationsFolder, IGNORE_FILE);
  if (!existsSync(file)) return [];
  const entries = Object.entries(parse(file));
  return entries.map(([object, reason]) => {
    if (typeof reason !== 'string' || reason.trim() === '') throw invalid(file, `"${object}" has no reason.`);
    if (!/^(table|index|view|trigger) ./.test(object))
      throw invalid(file, `"${object}" does not begin with table, index, view or trigger.`);
    return { object, reason };
  });
}

export const isIgnored = ({ kind, name }: SchemaChange, ignored: readonly Ignored[]): boolean =>
  ignored.some(({ object }) => foldName(object) === foldName(`${kind} ${name}`));

function parse(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? `${cause.message}.` : '');
  }
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
