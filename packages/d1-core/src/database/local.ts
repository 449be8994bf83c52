import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Wrangler } from '../wrangler/index.ts';
import type { D1 } from './d1.ts';
import { startEngine, type Engine } from './engine.ts';
import { untilFree } from './until-free.ts';

/** A local database, as wrangler keeps it in a folder. */
export interface LocalDatabase {
  readonly wrangler: Wrangler;
  /** What tells local databases apart: `preview_database_id`, else `database_id`, else the binding. */
  readonly id: string;
  /** The folder that `--persist-to` names; `.wrangler/state` beside the config by default. */
  readonly persistTo: string;
}

/** Whether wrangler has ever kept a D1 database there. Opening one would make it. */
export const hasLocalDatabases = ({ persistTo }: LocalDatabase): boolean =>
  existsSync(join(persistTo, 'v3', 'd1'));

const BINDING = 'DB';

/**
 * Opens a local database. workerd starts with the first call, and may stay open while wrangler works on the same
 * database: SQLite's own locks keep the two apart, and a call waits for some seconds until the other has finished.
 * Throws D1Error `database-busy` when it does not finish.
 */
export function openLocalD1({ wrangler, id, persistTo }: LocalDatabase): D1 {
  return untilFree(openOn('local', () => startEngine({ wrangler, databases: { [BINDING]: id }, persistTo })));
}

/** A D1 on an engine that starts with the first call. */
export function openOn(location: D1['location'], start: () => Promise<Engine>): D1 {
  let engine: Promise<Engine> | undefined;
  return {
    location,
    async batch(statements) {
      engine ??= start();
      return (await engine).batch(BINDING, statements);
    },
    async close() {
      const started = engine;
      engine = undefined;
      // Whoever asked was told that it could not be started.
      const running = await started?.catch(() => undefined);
      await running?.dispose();
    },
  };
}
