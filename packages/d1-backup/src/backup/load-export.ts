import { createReadStream } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { D1 } from 'd1-core/database';
import { systemCodeOf } from 'd1-core/errors';
import { buildDatabase, isOfCloudflare, sqlStatements } from 'd1-core/load';
import type { Wrangler } from 'd1-core/wrangler';
import { makeThrowAwayDatabase } from '../load/index.ts';

/**
 * Makes a throw-away database of what `wrangler d1 export` wrote. D1 writes rows that cannot be read, such as integers
 * beyond 2^63, and objects before those that they need: what does not run is tried again at the end, and then left out.
 * Whoever asks for it compares it with the source.
 */
export async function loadExport(sql: string, wrangler: Wrangler): Promise<D1> {
  const { d1, file } = await makeThrowAwayDatabase(wrangler);
  try {
    await buildDatabase(file, async (built) => {
      const refused: string[] = [];
      for await (const statement of sqlStatements(createReadStream(sql))) {
        if (!runs(built, statement) && /^\s*CREATE\b/i.test(statement)) refused.push(statement);
      }
      for (const statement of refused) runs(built, statement);
    });
    return d1;
  } catch (error) {
    await d1.close();
    throw error;
  }
}

/** What is no row and no object, such as a PRAGMA, is passed over. */
function runs(database: DatabaseSync, statement: string): boolean {
  if (!/^\s*(CREATE|INSERT|DELETE|ANALYZE)\b/i.test(statement) || isOfCloudflare(statement)) return true;
  try {
    database.exec(statement);
    return true;
  } catch (error) {
    if (systemCodeOf(error) !== undefined) throw error;
    return false;
  }
}
