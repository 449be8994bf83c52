import type { D1 } from './d1.ts';
import type { LocalDatabase } from './database-file.ts';
import { startEngine, type Engine } from './engine.ts';
import { untilFree } from './until-free.ts';

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
