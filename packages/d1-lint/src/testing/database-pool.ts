import { startEngine, type Engine, type Row } from 'd1-core/database';
import { findWrangler } from 'd1-core/wrangler';

/** An empty database in workerd. */
export interface TestDatabase {
  batch(statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
}

export interface DatabasePool {
  /** A database that nobody has used. */
  take(): Promise<TestDatabase>;
  close(): Promise<void>;
}

/** Starting workerd takes half a second, and a further database in it next to nothing. */
const DATABASES_PER_ENGINE = 100;

/** Hands out empty databases, as many as are asked for. */
export function databasePool(): DatabasePool {
  const wrangler = findWrangler(import.meta.dirname);
  const names = Array.from({ length: DATABASES_PER_ENGINE }, (_, index) => `DB${index}`);
  const engines: Promise<Engine>[] = [];
  let taken = 0;
  return {
    async take() {
      const binding = names[taken % names.length] ?? '';
      if (taken % names.length === 0) {
        engines.push(
          startEngine({ wrangler, databases: Object.fromEntries(names.map((name) => [name, name])) }),
        );
      }
      const engine = engines[Math.floor(taken / names.length)];
      taken += 1;
      if (engine === undefined) throw new Error('There is no engine for this database.');
      const started = await engine;
      return { batch: (statements) => started.batch(binding, statements) };
    },
    async close() {
      for (const engine of engines) await (await engine).dispose();
    },
  };
}
