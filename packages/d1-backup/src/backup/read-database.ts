import { join } from 'node:path';
import { readBookmark, type D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { readDatabaseState, type DatabaseState } from 'd1-core/records';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { withLocalCopy } from '../database/index.ts';
import type { DatabaseRecord } from '../format/index.ts';
import { dumpDatabase, type Dump, type DumpOptions } from './dump-database.ts';
import { readExport } from './read-export.ts';
import { ATTEMPTS, readOnline, type Bookmarks } from './read-online.ts';

export type BackupMode = DatabaseRecord['mode'];

export interface DatabaseReading {
  /** The SQL, with what is known of it. */
  readonly file: string;
  readonly dump: Dump;
  readonly record: DatabaseRecord;
  readonly warnings: readonly string[];
}

export interface ReadDatabaseRequest {
  readonly target: Target;
  readonly mode: BackupMode;
  /** A folder of this run. */
  readonly workplace: string;
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Full-text searches whose indexes are written by their words, as their text gave others. */
  readonly byWords?: readonly string[] | undefined;
}

/**
 * Reads the database of a target into a file of SQL, consistently where that is possible. Changes nothing. Throws D1Error
 * `wrong-environment`, `no-local-database`, `unreadable-table`, `unknown-module`, and what wrangler says.
 */
export async function readDatabase(request: ReadDatabaseRequest): Promise<DatabaseReading> {
  const { target, workplace, onRows, byWords } = request;
  const file = join(workplace, 'database.sql');
  const check = ({ stamp }: DatabaseState) => checkTargetStamp(target, stamp);
  const options: DumpOptions = {
    file,
    historyTable: target.database.migrationsTable,
    check,
    onRows,
    byWords,
  };
  const reading =
    target.environment.location === 'local'
      ? await withLocalCopy(target, workplace, (d1) => readCopy(d1, options))
      : await readRemote(request, options);
  const { dump, mode, bookmark, isConsistent, warnings } = reading;
  const { binding, databaseName, databaseId } = target.database;
  return {
    file: reading.file,
    dump,
    record: {
      binding,
      name: databaseName ?? null,
      id: databaseId ?? null,
      mode,
      bookmark,
      consistent: isConsistent,
      schemaSha256: dump.schemaSha256,
      tables: dump.tables,
      ...(dump.searches.length === 0 ? {} : { searches: dump.searches }),
      ...(dump.lostSearches.length === 0 ? {} : { lostSearches: dump.lostSearches }),
    },
    warnings: [
      ...warnings,
      ...restoreWarning(dump.state),
      ...dump.lostSearches.map(lostWarning),
      ...dump.orphaned.map(orphanWarning),
    ],
  };
}

interface Reading {
  readonly file: string;
  readonly dump: Dump;
  readonly mode: BackupMode;
  readonly bookmark: Bookmarks | null;
  readonly isConsistent: boolean;
  readonly warnings: readonly string[];
}

async function readCopy(d1: D1, options: DumpOptions): Promise<Reading> {
  const dump = await dumpDatabase(d1, options);
  return {
    file: options.file,
    dump,
    mode: 'online',
    bookmark: null,
    isConsistent: true,
    warnings: [],
  };
}

async function readRemote(
  { target, mode, workplace }: ReadDatabaseRequest,
  options: DumpOptions,
): Promise<Reading> {
  const d1 = retrying(openTarget(target));
  const bookmarkNow = () => retryRead(() => readBookmark(remoteDatabase(target, BOOKMARK_TIMEOUT)));
  const exported = async (): Promise<Reading> => {
    const file = join(workplace, 'exported.sql');
    const { dump, bookmark, reread } = await readExport(target, d1, bookmarkNow, workplace, {
      ...options,
      file,
    });
    const isConsistent = reread.length === 0 || bookmark.before === bookmark.after;
    const named = `of ${reread.map((name) => `"${name}"`).join(', ')}`;
    const warnings = isConsistent ? [] : [`The rows ${named} are of another moment than the rest.`];
    return { file, dump, mode: 'export', bookmark, isConsistent, warnings };
  };
  try {
    if (mode === 'export') {
      options.check?.(await readDatabaseState(d1, options.historyTable));
      return await exported();
    }
    const online = await readOnline(d1, bookmarkNow, options);
    const { dump, bookmark, failure } = online;
    if (dump !== undefined && bookmark.before === bookmark.after)
      return { file: options.file, dump, bookmark, mode: 'online', isConsistent: true, warnings: [] };
    // An export is of one moment whatever is written meanwhile.
    return await exported().catch((error: unknown): Reading => {
      if (!isD1Error(error)) throw error;
      if (dump === undefined) throw failure;
      const warnings = [`${CHANGING} An export was no way out: ${error.message}`];
      return { file: options.file, dump, bookmark, mode: 'online', isConsistent: false, warnings };
    });
  } finally {
    await d1.close();
  }
}

const BOOKMARK_TIMEOUT = 60_000;

const CHANGING = `The database was written to while it was read, ${ATTEMPTS} times; its rows are not all of one moment.`;

/** A reading of many calls should not end with the first that Cloudflare is too busy for. */
const retrying = (d1: D1): D1 => ({
  location: d1.location,
  batch: (statements) => retryRead(() => d1.batch(statements)),
  close: () => d1.close(),
});

const lostWarning = (name: string): string =>
  `The full-text search "${name}" does not come back: nothing in the database makes the index that it has. Only its definition is saved; fill it again after a restore.`;

const orphanWarning = (name: string): string =>
  `The full-text search "${name}" answers nothing: the table that it takes its text from is gone, or has other columns. Only its definition is saved.`;

const restoreWarning = ({ restoring }: DatabaseState): readonly string[] =>
  restoring === undefined
    ? []
    : ['A restore into this database has begun and not ended: its content is not whole.'];
