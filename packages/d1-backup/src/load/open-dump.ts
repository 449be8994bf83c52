import type { D1 } from 'd1-core/database';
import { loadSql } from 'd1-core/load';
import type { Wrangler } from 'd1-core/wrangler';
import { makeThrowAwayDatabase } from './throw-away-database.ts';

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
