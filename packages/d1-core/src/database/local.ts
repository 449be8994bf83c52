import { setTimeout as wait } from 'node:timers/promises';
import { D1Error, isD1Error } from '../errors/index.ts';
import { explainSqlError, isCommitRefused } from '../wrangler/index.ts';
import type { D1, Row } from './d1.ts';
import type { LocalDatabase } from './database-file.ts';
import { type Engine, startEngine } from './engine.ts';

const BINDING = 'DB';

/**
 * Opens a local database. workerd starts with the first call, and may stay open while wrangler works on the same
 * database: SQLite's own locks keep the two apart, and a call waits for some seconds until the other has finished.
 * Throws D1Error `database-busy` when it does not finish.
 */
export function openLocalD1({ wrangler, id, persistTo, timeout }: LocalDatabase): D1 {
  const databases = { [BINDING]: id };
  return untilFree(openOn('local', () => startEngine({ wrangler, databases, persistTo, timeout })));
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

/** Five seconds in all, in milliseconds. */
const WAITS = [50, 100, 200, 400, 800, 1_500, 2_000];

/**
 * A database that waits while another process writes to it. workerd itself waits for nobody, and where only reads are
 * refused it gives no reason (measured with workerd 1.20250831 and 1.20261023). A transaction that is refused has
 * left nothing, so it may be run again.
 */
function untilFree(d1: D1): D1 {
  return {
    location: d1.location,
    close: () => d1.close(),
    async batch(statements) {
      for (const milliseconds of WAITS) {
        const rows = await unlessBusy(d1, statements);
        if (rows !== undefined) return rows;
        await wait(milliseconds);
      }
      return d1.batch(statements).catch(async (error: unknown) => {
        throw (await isBusy(d1, error)) ? explainSqlError('SQLITE_BUSY') : error;
      });
    },
  };
}

async function unlessBusy(
  d1: D1,
  statements: readonly string[],
): Promise<readonly (readonly Row[])[] | undefined> {
  try {
    return await d1.batch(statements);
  } catch (error) {
    if (await isBusy(d1, error)) return undefined;
    if (!isRefused(error)) throw error;
  }
  // The lock may have been freed between the two calls: only a second refusal is the statements' own fault.
  try {
    return await d1.batch(statements);
  } catch (error) {
    if (await isBusy(d1, error)) return undefined;
    throw error;
  }
}

/** A refusal without a reason is the lock's when a read that cannot fail is refused too. */
async function isBusy(d1: D1, error: unknown): Promise<boolean> {
  if (isD1Error(error) && error.code === 'database-busy') return true;
  if (!isRefused(error)) return false;
  return d1.batch(['SELECT 1']).then(
    () => false,
    (second: unknown) => isRefused(second),
  );
}

const isRefused = (error: unknown): error is D1Error => isD1Error(error) && isCommitRefused(error);
