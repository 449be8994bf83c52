import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openLocalD1, type D1 } from 'd1-core/database';
import { buildDatabase, sqlStatements } from 'd1-core/load';
import { localDatabaseFile } from 'd1-core/snapshot';
import type { Wrangler } from 'd1-core/wrangler';

/**
 * Makes a throw-away database of what `wrangler d1 export` wrote. D1 writes rows that cannot be read, such as integers
 * beyond 2^63, and objects before those that they need: what does not run is tried again at the end, and then left out.
 * Whoever asks for it compares it with the source.
 */
export async function loadExport(sql: string, workplace: string, wrangler: Wrangler): Promise<D1> {
  const database = { wrangler, id: 'export', persistTo: join(workplace, 'export') };
  const remove = () => rm(database.persistTo, { recursive: true, force: true });
  const file = localDatabaseFile(database);
  await mkdir(dirname(file), { recursive: true });
  try {
    await buildDatabase(file, async (built) => {
      const refused: string[] = [];
      for await (const statement of sqlStatements(createReadStream(sql))) {
        if (!runs(built, statement) && /^\s*CREATE\b/i.test(statement)) refused.push(statement);
      }
      for (const statement of refused) runs(built, statement);
    });
  } catch (error) {
    await remove();
    throw error;
  }
  const d1 = openLocalD1(database);
  return {
    location: 'shadow',
    batch: (statements) => d1.batch(statements),
    async close() {
      await d1.close();
      await remove();
    },
  };
}

/** What is no row and no object, such as a PRAGMA, is passed over. */
function runs(database: DatabaseSync, statement: string): boolean {
  if (!/^\s*(CREATE|INSERT|DELETE|ANALYZE)\b/i.test(statement) || INTERNAL.test(statement)) return true;
  try {
    database.exec(statement);
    return true;
  } catch {
    return false;
  }
}

/** Cloudflare's own tables, which workerd makes itself. */
const INTERNAL = /^\s*(CREATE TABLE|INSERT INTO)\s+(IF NOT EXISTS\s+)?["'`]?_cf_/i;
