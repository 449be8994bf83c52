import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { rm } from 'node:fs/promises';
import { exportDatabase } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { retryRead } from 'd1-core/run';
import { openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { checkExport, READ_CONTENTS, RUN_AGAIN } from './check-export.ts';
import { loadSql } from 'd1-core/load';
import { readTables } from './read-tables.ts';

/** How a remote database was copied. */
export type RemoteCopy = 'export' | 'pages';

const VIRTUAL = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual' LIMIT 1";

export interface RemoteProgress {
  /** The export begins; Cloudflare lets other requests wait meanwhile. */
  onExport(): void;
  onRows(rows: number): void;
}

/**
 * Copies a remote database into a file. D1 exports none with virtual tables, and has been seen to be stuck after the
 * attempt (https://github.com/cloudflare/workers-sdk/issues/9519): such a one is read page by page.
 */
export async function copyRemote(
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
