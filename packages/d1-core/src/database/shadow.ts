import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, makeThrowAwayFolder } from '../node/index.ts';
import type { Wrangler } from '../wrangler/index.ts';
import { copyDatabase } from './copy-database.ts';
import type { D1 } from './d1.ts';
import { localDatabaseFile, type LocalDatabase } from './database-file.ts';
import { startEngine } from './engine.ts';
import { openLocalD1, openOn } from './local.ts';

/** An empty throw-away database in workerd, gone when it is closed. */
export function openShadowD1(wrangler: Wrangler): D1 {
  return openOn('shadow', () => startEngine({ wrangler, databases: { DB: 'shadow' } }));
}

/** A throw-away copy of a local database, data included, as it is at one moment: others may be writing to it. */
export async function copyToShadow(database: LocalDatabase): Promise<D1> {
  const folder = makeThrowAwayFolder();
  const copied = { ...database, persistTo: folder.path };
  const [from, to] = [localDatabaseFile(database), localDatabaseFile(copied)];
  try {
    makeFolder(dirname(to));
    if (existsSync(from)) await copyDatabase(from, to);
  } catch (error) {
    folder.remove();
    throw error;
  }
  const copy = openLocalD1(copied);
  return {
    location: 'shadow',
    batch: (statements) => copy.batch(statements),
    async close() {
      await copy.close();
      folder.remove();
    },
  };
}
