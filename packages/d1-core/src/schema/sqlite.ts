import type { DatabaseSync } from 'node:sqlite';
import { explainFileError } from '../errors/index.ts';

const AS_IN_D1 = { enableForeignKeyConstraints: true, enableDoubleQuotedStringLiterals: true };

/**
 * An empty database in memory, with the settings of D1: foreign keys on, text in double quotes where no column has
 * that name, unless `quotedTexts` is false. It has not D1's limits, nor its list of what is allowed.
 */
export async function openMemoryDatabase({ quotedTexts = true } = {}): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  return new DatabaseSync(':memory:', { ...AS_IN_D1, enableDoubleQuotedStringLiterals: quotedTexts });
}

/** A database file, with the same settings. A file that is not there is made. Throws D1Error `file-failed` where that cannot be. */
export async function openDatabaseFile(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  try {
    return new DatabaseSync(path, AS_IN_D1);
  } catch (error) {
    throw explainFileError(error, { file: path }) ?? error;
  }
}

/** Whether it runs without an error. */
export function runs(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

let loading: Promise<typeof import('node:sqlite')> | undefined;

/** Node 22 says when it is loaded that SQLite is experimental. Hides that line and no other. */
const loadSqlite = () => (loading ??= quietly(() => import('node:sqlite')));

/** Must not be called while it works: it would take its own change for what was there before. */
async function quietly<Value>(load: () => Promise<Value>): Promise<Value> {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('SQLite is an experimental'))
      Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
