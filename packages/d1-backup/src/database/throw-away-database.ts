import { dirname } from 'node:path';
import { localDatabaseFile, openLocalD1, type D1 } from 'd1-core/database';
import { loadSql } from 'd1-core/load';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import type { Wrangler } from 'd1-core/wrangler';

/** A database on the disk that is gone when it is closed, or when the process ends. */
export interface ThrowAwayDatabase {
  readonly d1: D1;
  /** Its SQLite file, which is not there before workerd is first asked. It may be made before. */
  readonly file: string;
}

/**
 * Makes a place for a database in workerd. Unlike `openShadowD1`, which prefers memory, it is on the disk whatever there
 * is: a backup may be of any size.
 */
export async function makeThrowAwayDatabase(wrangler: Wrangler): Promise<ThrowAwayDatabase> {
  const folder = makeThrowAwayFolder();
  const database = { wrangler, id: 'throw-away', persistTo: folder.path };
  const file = localDatabaseFile(database);
  makeFolder(dirname(file));
  const d1 = openLocalD1(database);
  return {
    file,
    d1: {
      location: 'shadow',
      batch: (statements) => d1.batch(statements),
      async close() {
        await d1.close();
        folder.remove();
      },
    },
  };
}

/**
 * Makes a throw-away database of a dump that was not written to be loaded: one of `wrangler d1 export`, with children
 * before their parents, triggers before their views, and statements of any length. What is read from it with
 * `contentStatements` can be loaded. Throws D1Error `unloadable-dump`. `source` is what the message calls the dump.
 */
export async function openDump(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  wrangler: Wrangler,
): Promise<D1> {
  const { d1, file } = await makeThrowAwayDatabase(wrangler);
  try {
    await loadSql(file, chunks, source);
    return d1;
  } catch (error) {
    await d1.close();
    throw error;
  }
}
