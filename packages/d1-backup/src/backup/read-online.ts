import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { dumpDatabase, type Dump, type DumpOptions } from './dump-database.ts';

/** Time Travel's bookmarks around a reading: where they are equal, nothing was written between. */
export interface Bookmarks {
  readonly before: string;
  readonly after: string;
}

export interface OnlineDump {
  /** The last reading; undefined when rows went away while they were read. */
  readonly dump: Dump | undefined;
  readonly bookmark: Bookmarks;
  /** Why there is no dump. */
  readonly failure: unknown;
}

/** How often a database is read that is written to meanwhile. */
export const ATTEMPTS = 3;

/**
 * Reads a remote database page by page, which keeps nobody from it, and again when it was written to meanwhile. The last
 * reading is given even so: its bookmarks differ.
 */
export async function readOnline(
  d1: D1,
  bookmarkNow: () => Promise<string>,
  options: DumpOptions,
): Promise<OnlineDump> {
  let before = await bookmarkNow();
  for (let attempt = 1; ; attempt++) {
    let dump: Dump | undefined;
    let failure: unknown;
    try {
      dump = await dumpDatabase(d1, options);
    } catch (error) {
      if (!isD1Error(error) || error.code !== 'changed-while-reading') throw error;
      failure = error;
    }
    const after = await bookmarkNow();
    const isWhole = dump !== undefined && after === before;
    if (isWhole || attempt === ATTEMPTS) return { dump, bookmark: { before, after }, failure };
    before = after;
  }
}
