import type { Schema } from './model.ts';
import { createObjects, followCatalog, objectEntries } from './read-schema.ts';
import { openMemoryDatabase, runs } from './sqlite.ts';
import { SchemaTimeline } from './timeline.ts';

/** A schema in memory on which statements are tried. It holds no rows. */
export interface SchemaWorkbench {
  schema(): Schema;
  /** Throws SQLite's own error when a statement fails; what ran before it stays. */
  run(sql: string): void;
  /** Runs all of them, or leaves the schema as it was: when one fails, or when `accept` says no to the result. */
  attempt(statements: readonly string[], accept?: (schema: Schema) => boolean): boolean;
  close(): void;
}

/** Makes the objects of a schema in an empty database. Costs about a millisecond, and 0.1 ms an object. */
export async function openWorkbench(schema: Schema): Promise<SchemaWorkbench> {
  const database = await openMemoryDatabase();
  createObjects(database, objectEntries(schema));
  const timeline = new SchemaTimeline();
  const catalog = followCatalog(database, timeline, new Set(['sqlite_sequence']));
  catalog.follow('created');
  let now = timeline.now();
  const follow = () => {
    catalog.follow('altered');
    now = timeline.now();
  };
  return {
    schema: () => now,
    run(sql) {
      database.exec(sql);
      follow();
    },
    attempt(statements, accept = () => true) {
      database.exec('SAVEPOINT attempt');
      const ran = statements.every((sql) => runs(() => database.exec(sql)));
      follow();
      const accepted = ran && accept(now);
      if (!accepted) database.exec('ROLLBACK TO attempt');
      database.exec('RELEASE attempt');
      if (!accepted) follow();
      return accepted;
    },
    close: () => database.close(),
  };
}
