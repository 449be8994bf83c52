import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { copyDatabase, type D1, exportDatabase, localDatabaseFile, type Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { loadSql } from 'd1-core/load';
import { retryRead } from 'd1-core/run';
import { openDatabaseFile } from 'd1-core/schema';
import { quoteIdentifier } from 'd1-core/sql';
import { localDatabase, openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { readTables } from './read-tables.ts';
import { openSqlFile } from './sql-file.ts';

/** Where the data of a rehearsal comes from: the database itself, or a file of SQL or an archive; absolute. */
export type RehearsalSource =
  { readonly kind: 'database' } | { readonly kind: 'file'; readonly file: string };

/** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
export type CopyProgress = (what: string, fraction?: number) => void;

export function describeSource(source: RehearsalSource, { environment }: Target): string {
  if (source.kind === 'file') return basename(source.file);
  return environment.location === 'local' ? 'the local database' : 'the remote database';
}

/** Makes the database file that a rehearsal works on. Without a local database there is none, and it begins empty. */
export async function copyInto(
  file: string,
  source: RehearsalSource,
  target: Target,
  onProgress: CopyProgress,
): Promise<void> {
  if (source.kind === 'file') return copyFromFile(file, source.file, onProgress);
  if (target.environment.location === 'local') {
    const original = localDatabaseFile(localDatabase(target));
    if (existsSync(original)) await copyDatabase(original, file);
    return;
  }
  let rows = 0;
  await copyRemote(target, file, {
    onExport: () => onProgress('exporting the database; Cloudflare makes other requests wait'),
    onRows: (count) => onProgress(`${(rows += count)} rows read`),
  });
}

async function copyFromFile(file: string, from: string, onProgress: CopyProgress): Promise<void> {
  const { chunks, bytes, close } = await openSqlFile(from);
  let done = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      done += chunk.byteLength;
      yield chunk;
      onProgress(`loading ${basename(from)}`, bytes === 0 ? 1 : Math.min(1, done / bytes));
    }
  }
  try {
    await loadSql(file, counted(), basename(from));
  } finally {
    close();
  }
}

/** What an export has to hold, in the order in which D1 writes it: tables with their rows, then the rest. */
const READ_CONTENTS = String.raw`SELECT type, name FROM sqlite_master
  WHERE sql IS NOT NULL AND name NOT LIKE '\_cf\_%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  ORDER BY type <> 'table', rowid`;

/**
 * Throws D1Error `incomplete-export` when a database was made from an export that is cut off: wrangler takes a download
 * that ends early for whole, and a dump has no end mark. `contents` are the rows of `READ_CONTENTS` from before.
 */
async function checkExport(d1: D1, file: string, contents: readonly Row[]): Promise<void> {
  const copy = await openDatabaseFile(file);
  try {
    const present = new Set(copy.prepare(READ_CONTENTS).all().map(keyOf));
    const missing = contents.find((row) => !present.has(keyOf(row)));
    if (missing !== undefined) throw incomplete(`the ${keyOf(missing)} is not in it`);
    // After the rows of the last table there may be nothing that could be missing.
    const last = contents.at(-1);
    if (last === undefined || last['type'] !== 'table') return;
    const count = `SELECT count(*) AS n FROM ${quoteIdentifier(String(last['name']))}`;
    const rows = Number(copy.prepare(count).get()?.['n']);
    const [[now] = []] = await retryRead(() => d1.batch([count]));
    if (rows < Number(now?.['n'])) throw incomplete(`the ${keyOf(last)} has ${rows} of ${now?.['n']} rows`);
  } finally {
    copy.close();
  }
}

const keyOf = ({ type, name }: Row): string => `${type} ${name}`;

/** What to do about an export that cannot be used. */
const RUN_AGAIN = 'Run it again. If it stays, rehearse on an archive: --from=<archive>';

const incomplete = (reason: string): D1Error =>
  new D1Error({
    code: 'incomplete-export',
    message: `The export of the database is cut off: ${reason}.`,
    fix: RUN_AGAIN,
    notes: ['Nothing was changed in the database.'],
  });

/** How a remote database was copied. */
type RemoteCopy = 'export' | 'pages';

const VIRTUAL = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual' LIMIT 1";

interface RemoteProgress {
  /** The export begins; Cloudflare makes other requests wait. */
  onExport(): void;
  onRows(rows: number): void;
}

/**
 * Copies a remote database into a file. D1 exports none with virtual tables, and has been seen to be stuck after the
 * attempt (https://github.com/cloudflare/workers-sdk/issues/9519): such a one is read page by page.
 */
async function copyRemote(
  target: Target,
  file: string,
  { onExport, onRows }: RemoteProgress,
): Promise<RemoteCopy> {
  const d1 = openTarget(target);
  const [virtual = [], contents = []] = await retryRead(() => d1.batch([VIRTUAL, READ_CONTENTS]));
  if (virtual.length > 0) {
    await readTables(d1, file, onRows);
    return 'pages';
  }
  onExport();
  const dump = join(dirname(file), 'export.sql');
  try {
    await retryRead(() => exportDatabase(remoteDatabase(target), dump));
    await loadSql(file, createReadStream(dump), 'The export').catch(explainLoad);
    await checkExport(d1, file, contents);
  } finally {
    await rm(dump, { force: true });
  }
  return 'export';
}

/** Nobody has given this file: it is of no use to say which one would be right. */
function explainLoad(error: unknown): never {
  if (!isD1Error(error)) throw error;
  const { code, message, notes, cause } = error;
  throw new D1Error({ code, message, fix: RUN_AGAIN, notes, cause });
}
