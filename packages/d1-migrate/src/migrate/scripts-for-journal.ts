import { existsSync, readFileSync } from 'node:fs';
import { rollbackScriptPath, type MigrationFile } from 'd1-core/migrations';

/** Bytes of all scripts of one run: they go to a remote database on a command line, with the rows of the journal. */
const MAX_BYTES = 40_000;

/**
 * The rollback scripts that the journal keeps, by the name of the migration: so it can be taken back from a branch that
 * does not have its files. Scripts beyond a bound stay in the files alone.
 */
export function scriptsForJournal(pending: readonly MigrationFile[]): ReadonlyMap<string, string> {
  const scripts = new Map<string, string>();
  let bytes = 0;
  for (const file of pending) {
    const path = rollbackScriptPath(file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    bytes += Buffer.byteLength(text);
    if (bytes > MAX_BYTES) break;
    scripts.set(file.name, text);
  }
  return scripts;
}
