import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wrangler } from '../wrangler/index.ts';
import type { D1 } from './d1.ts';
import { startEngine } from './engine.ts';
import { openLocalD1, openOn, type LocalDatabase } from './local.ts';

/** An empty throw-away database in workerd, gone when it is closed. */
export function openShadowD1(wrangler: Wrangler): D1 {
  return openOn('shadow', () => startEngine({ wrangler, databases: { DB: 'shadow' } }));
}

/**
 * A throw-away copy of a local database, data included. The original must not be open in this process while it is
 * copied.
 */
export async function copyToShadow(database: LocalDatabase): Promise<D1> {
  const folder = await mkdtemp(join(tmpdir(), 'd1-shadow-'));
  await cp(join(database.persistTo, 'v3', 'd1'), join(folder, 'v3', 'd1'), { recursive: true });
  const copy = openLocalD1({ ...database, persistTo: folder });
  return {
    location: 'shadow',
    batch: (statements) => copy.batch(statements),
    async close() {
      await copy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
