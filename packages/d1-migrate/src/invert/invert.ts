import type { Loss, RollbackClass } from 'd1-core/migrations';
import { columnOf, contentTable, openMemoryDatabase, type Schema, type Table } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';
import { type DataChange, type Lineage, traceLineage, type MigrationStep } from '../replay/index.ts';
import { inverseStatements } from './inverse-statements.ts';

/** The way back from a migration. */
export interface Inversion {
  readonly class: RollbackClass;
  /** Without semicolons; none where the class is `irreversible`. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Why there is no way back, statement by statement. */
  readonly reasons: readonly DataChange[];
  /** Tables, by their names before the migration, in which rows stay that it may have added. */
  readonly kept: readonly string[];
}

/** Finds the statements that undo a migration, from the schema before and after it and from what it says itself. */
export async function invert(step: MigrationStep, tokenize: Tokenize): Promise<Inversion> {
  const { before, after, statements } = step;
  const lineage = traceLineage(before, statements, tokenize);
  const { kept, changes } = lineage;
  if (changes.length > 0) return irreversible(changes, kept);
  try {
    const losses = await lossesOf(before, after, lineage, tokenize);
    return {
      class: losses.length > 0 || kept.length > 0 ? 'schema-only' : 'exact',
      statements: await inverseStatements({ before, after, lineage, tokenize }),
      losses,
      reasons: [],
      kept,
    };
  } catch (error) {
    const what = `no way back was found: ${error instanceof Error ? error.message : String(error)}`;
    return irreversible([{ line: statements[0]?.line ?? 1, what }], kept);
  }
}

const irreversible = (reasons: readonly DataChange[], kept: readonly string[]): Inversion => ({
  class: 'irreversible',
  statements: [],
  losses: [],
  reasons,
  kept,
});

/** What a migration throws away, or changes on the way, that its inverse cannot bring back. */
async function lossesOf(
  before: Schema,
  after: Schema,
  lineage: Lineage,
  tokenize: Tokenize,
): Promise<readonly Loss[]> {
  const losses: Loss[] = [];
  for (const table of before.tables()) {
    if (table.storage === 'shadow') continue;
    const successor = lineage.successorOf(table.name);
    if (successor === undefined) {
      if (keepsRows(table, tokenize))
        losses.push({ table: table.name, column: undefined, what: 'the table is recreated, and is empty' });
      continue;
    }
    if (!successor.everyRow) {
      const what = 'rows that the migration did not copy';
      losses.push({ table: table.name, column: undefined, what });
    }
    for (const { column, what } of successor.actions) losses.push({ table: table.name, column, what });
    const now = after.table(successor.after);
    for (const column of table.columns) {
      if (column.generated !== 'no') continue;
      const held = successor.columns.get(foldName(column.name));
      const type = held === undefined ? undefined : now && columnOf(now, held.name)?.type;
      const what =
        held === undefined
          ? 'the column is recreated, and its values are gone'
          : held.derived
            ? 'values stay as the migration made them'
            : (await roundTrips(column.type, type ?? column.type))
              ? undefined
              : `values stay as ${type} made them`;
      if (what !== undefined) losses.push({ table: table.name, column: column.name, what });
    }
  }
  return uniqueLosses(losses);
}

/** Of whole rows, what goes of them column by column is not said again. */
export function uniqueLosses(losses: readonly Loss[]): readonly Loss[] {
  const isWhole = (table: string) => losses.some((loss) => loss.table === table && loss.column === undefined);
  return losses.filter(
    (loss, index) =>
      losses.findIndex(({ table, column }) => table === loss.table && column === loss.column) === index &&
      (loss.column === undefined || !isWhole(loss.table)),
  );
}

/** A search index over another table's rows is filled from them again. */
function keepsRows({ storage, sql }: Table, tokenize: Tokenize): boolean {
  return storage !== 'virtual' || contentTable(sql, tokenize) === undefined;
}

/** What stands in columns of such types in practice, and what most easily changes. */
const PROBES = [
  '0',
  '1',
  '-9223372036854775808',
  '9007199254740993',
  '0.1',
  '1e300',
  '2.0',
  "'007'",
  "'1e3'",
  "'text'",
  "' 1'",
  "''",
  "x'00ff'",
  'NULL',
];

/** Whether every value that a column of one type can hold is the same after a stay in a column of the other. */
async function roundTrips(type: string, other: string): Promise<boolean> {
  if (type.toUpperCase() === other.toUpperCase()) return true;
  const database = await openMemoryDatabase();
  try {
    database.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY, value ${type});
      CREATE TABLE b (id INTEGER PRIMARY KEY, value ${other});
      CREATE TABLE c (id INTEGER PRIMARY KEY, value ${type});
      INSERT INTO a (value) VALUES ${PROBES.map((probe) => `(${probe})`).join(', ')};
      INSERT INTO b SELECT * FROM a;
      INSERT INTO c SELECT * FROM b;`);
    const changed = database
      .prepare('SELECT 1 FROM a JOIN c USING (id) WHERE quote(a.value) <> quote(c.value)')
      .get();
    return changed === undefined;
  } catch {
    return false; // A type that cannot stand there alone.
  } finally {
    database.close();
  }
}
