import type { DatabaseSync } from 'node:sqlite';
import { foldName } from '../sql/index.ts';
import {
  compareTable,
  examplesOf,
  type Example,
  type TableComparison,
  type TablePair,
} from '../witness/index.ts';
import type { AnalysedMigration, AnalysedStatement } from './analyse.ts';
import type { Loss } from './losses.ts';
import { follow, type TableTrace } from './table-trace.ts';

/** A few of the rows and cells that are lost, with values: for the terminal alone. */
export interface LossExample extends Example {
  readonly table: string;
}

export interface Places {
  /** The first statement after which as much is lost as in the end. */
  readonly places: ReadonlyMap<Loss, AnalysedStatement>;
  readonly examples: readonly LossExample[];
}

/**
 * Runs a migration statement by statement on a connection that has the database of before beside it, to see where losses
 * happen. The transaction stays open; `before` is of the moment before the migration.
 */
export function placeLosses(
  database: DatabaseSync,
  { statements }: AnalysedMigration,
  losses: readonly Loss[],
  before: TableTrace,
): Places {
  const places = new Map<Loss, AnalysedStatement>();
  let trace = before;
  const look = (statement: AnalysedStatement) => {
    const open = losses.filter((loss) => !places.has(loss));
    for (const [table, some] of Map.groupBy(open, (loss) => loss.table)) {
      const comparison = compareTable(database, pairOf(database, trace, table));
      for (const loss of some) if (isThere(loss, comparison)) places.set(loss, statement);
    }
  };
  database.exec('BEGIN');
  // With many statements every step is as long as there are steps, and only the one that shows the loss is looked through.
  const stride = Math.ceil(Math.sqrt(statements.length));
  for (let from = 0; from < statements.length; from += stride) {
    const some = statements.slice(from, from + stride);
    const start = trace;
    database.exec('SAVEPOINT stride');
    for (const statement of some) {
      if (!run(database, statement)) return { places, examples: [] };
      trace = follow(trace, statement.effect);
    }
    const known = new Set(places.keys());
    const last = some.at(-1);
    if (last !== undefined) look(last);
    const found = [...places.keys()].filter((loss) => !known.has(loss));
    if (found.length > 0) {
      for (const loss of found) places.delete(loss);
      database.exec('ROLLBACK TO stride');
      trace = start;
      for (const statement of some) {
        run(database, statement);
        trace = follow(trace, statement.effect);
        look(statement);
      }
    }
    database.exec('RELEASE stride');
  }
  const tables = [...new Set(losses.map(({ table }) => table))];
  const examples = tables.flatMap((table) => {
    const comparison = compareTable(database, pairOf(database, trace, table));
    return examplesOf(database, comparison)
      .filter(({ column }) =>
        losses.some((loss) => loss.table === table && loss.what !== 'twice' && loss.column === column),
      )
      .map((example) => ({ ...example, table }));
  });
  return { places, examples };
}

/** False where this engine refuses what D1 has run: then the place is not known. */
function run(database: DatabaseSync, { text }: AnalysedStatement): boolean {
  try {
    database.exec(text);
    return true;
  } catch {
    return false;
  }
}

function pairOf(database: DatabaseSync, trace: TableTrace, table: string): TablePair {
  const now = trace.names.get(table);
  const found = database
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
    .all()
    .some(({ name }) => now !== undefined && foldName(String(name)) === foldName(now));
  return { before: table, after: found ? now : undefined, renamed: trace.columns.get(table) };
}

/** Whether a table has lost as much of a thing as in the end; where it is gone, all of it. */
function isThere(loss: Loss, { table, lost, repeated, changes }: TableComparison): boolean {
  switch (loss.what) {
    case 'rows':
    case 'unplanned':
      return lost >= loss.count;
    case 'twice':
      return table.after === undefined || repeated >= loss.count;
    case 'values': {
      const change = changes.find(({ column }) => column === loss.column);
      return table.after === undefined || lost + (change?.lost ?? 0) >= loss.count;
    }
  }
}
