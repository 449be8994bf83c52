import {
  columnOf,
  contentTable,
  isSameSql,
  openWorkbench,
  type Schema,
  type SchemaObject,
  type Table,
} from 'd1-core/schema';
import { foldName, identifier, sameName, type Tokenize, unquote } from 'd1-core/sql';
import type { Lineage, Successor } from '../replay/index.ts';
import { deleteInserted, restoreCaptured } from './restore-rows.ts';
import { restoreTable, type InverseRequest, type InverseWork } from './restore-table.ts';

/**
 * The statements, without semicolons, that turn the schema after a migration into the one before it: objects that stand
 * in the way first, then the tables, then what belongs to them, from the statements that the database kept. Throws
 * SQLite's error when a step cannot be done.
 */
export async function inverseStatements(request: InverseRequest): Promise<readonly string[]> {
  const { before, after, lineage, tokenize } = request;
  const bench = await openWorkbench(after);
  try {
    const statements: string[] = [];
    const work: InverseWork = {
      ...request,
      bench,
      statements,
      run(sql) {
        bench.run(sql);
        statements.push(sql);
      },
      isSame: (a, b) =>
        a?.sql !== undefined &&
        b?.sql !== undefined &&
        a.kind === b.kind &&
        isSameSql(a.sql, b.sql, tokenize, before),
    };
    for (const sql of deleteInserted(lineage, after)) statements.push(sql);
    const start = statements.length;
    dropWhatStandsInTheWay(work);
    renameTables(work);
    for (const table of before.tables()) {
      if (table.storage !== 'shadow' && lineage.successorOf(table.name) === undefined) work.run(table.sql);
    }
    for (const table of before.tables()) {
      if (table.storage !== 'shadow' && lineage.successorOf(table.name) !== undefined)
        restoreTable(work, table);
    }
    const isUndo = ({ name }: Table) => lineage.captured.some(({ undo }) => sameName(undo, name));
    dropNewTables(work, (table) => !isUndo(table));
    createWhatIsMissing(work);
    // Now that the triggers of before are there again, which keep a search index.
    for (const sql of restoreCaptured(lineage, before)) statements.push(sql);
    dropNewTables(work, isUndo);
    const undone = statements.filter((sql) => sql !== DEFERRAL);
    return undone.slice(start).some(needsDeferral) || undone.length < statements.length
      ? [DEFERRAL, ...undone]
      : undone;
  } finally {
    bench.close();
  }
}

/** Foreign keys are checked when all is in place again. */
const DEFERRAL = 'PRAGMA defer_foreign_keys = ON';

const needsDeferral = (sql: string): boolean => sql.startsWith('INSERT INTO');

const named = (schema: Schema, { kind, name }: SchemaObject): SchemaObject | undefined => schema[kind](name);

/**
 * Indexes that were not there; and all views and triggers that were not there, or that name something that changes:
 * ALTER TABLE checks every one of them.
 */
function dropWhatStandsInTheWay({ bench, before, after, lineage, tokenize, isSame, run }: InverseWork): void {
  const moving = after
    .tables()
    .filter(({ storage }) => storage !== 'shadow')
    .filter((table) => !isSame(table, before.table(table.name)) || !isUnmoved(lineage, table.name))
    .map(({ name }) => foldName(name));
  const names = new Set(moving);
  const mentions = (sql: string) =>
    names.size > 0 && tokenize(sql).some(({ text }) => names.has(foldName(unquote(text))));
  const objects = after.objects().filter(({ kind }) => kind === 'view' || kind === 'trigger');
  const going = new Set<SchemaObject>();
  for (let found = -1; found !== going.size;) {
    found = going.size;
    for (const object of objects) {
      if (going.has(object)) continue;
      if (isSame(object, named(before, object)) && !mentions(object.sql ?? '')) continue;
      going.add(object);
      if (object.kind === 'view') names.add(foldName(object.name));
    }
  }
  for (const { kind, name } of [...going].sort((a, b) => a.kind.localeCompare(b.kind))) {
    const isThere = bench.schema()[kind](name) !== undefined;
    if (isThere) run(`DROP ${kind.toUpperCase()} ${identifier(name)}`);
  }
  for (const object of after.objects()) {
    if (object.kind !== 'index' || object.origin !== 'created') continue;
    const goesWithTable = lineage.predecessorOf(object.table) === undefined;
    if (!goesWithTable && !isSame(object, named(before, object)))
      run(`DROP INDEX ${identifier(object.name)}`);
  }
}

const isUnmoved = (lineage: Lineage, name: string): boolean => {
  const predecessor = lineage.predecessorOf(name);
  return predecessor !== undefined && sameName(predecessor.before, name);
};

/** Gives every table its name of before. A name that another table has now is taken from it first. */
function renameTables({ bench, before, lineage, run }: InverseWork): void {
  const moved = new Map<string, string>();
  const setAside = (name: string) => {
    const aside = freeName(bench.schema(), name);
    run(rename(name, aside));
    moved.set(foldName(name), aside);
  };
  const wanted = before.tables().filter(({ storage }) => storage !== 'shadow');
  for (const { name } of wanted) {
    const held = bench.schema().table(name);
    if (held === undefined || held.storage === 'shadow') continue;
    const successor = lineage.successorOf(name);
    const isSuccessor = successor !== undefined && sameName(successor.after, held.name);
    // SQLite takes a name that differs in case alone for the same one.
    if (!isSuccessor || held.name !== name) setAside(held.name);
  }
  for (const { name } of wanted) {
    const after = lineage.successorOf(name)?.after;
    const current = after === undefined ? undefined : (moved.get(foldName(after)) ?? after);
    if (current !== undefined && current !== name) run(rename(current, name));
  }
}

const rename = (from: string, to: string): string =>
  `ALTER TABLE ${identifier(from)} RENAME TO ${identifier(to)}`;

function freeName(schema: Schema, name: string): string {
  const candidate = `${name}_aside`;
  return schema.table(candidate) === undefined ? candidate : freeName(schema, candidate);
}

/** Tables go before those that they reference: no action finds a row to act on. */
function dropNewTables(
  { bench, before, run, statements }: InverseWork,
  isMeant: (table: Table) => boolean,
): void {
  const isNew = (table: Table) =>
    table.storage !== 'shadow' && before.table(table.name) === undefined && isMeant(table);
  const gone = new Set<string>();
  const drop = (table: Table, path: readonly string[]) => {
    if (path.includes(table.name)) statements.push(DEFERRAL);
    if (gone.has(table.name) || path.includes(table.name)) return;
    for (const { child } of bench.schema().referencesTo(table.name)) {
      if (isNew(child) && child.name !== table.name) drop(child, [...path, table.name]);
    }
    gone.add(table.name);
    run(`DROP TABLE ${identifier(table.name)}`);
  };
  for (const table of bench.schema().tables().filter(isNew)) drop(table, []);
}

const ORDER: readonly SchemaObject['kind'][] = ['index', 'view', 'trigger'];

function createWhatIsMissing({
  bench,
  before,
  lineage,
  tokenize,
  isSame,
  run,
  statements,
}: InverseWork): void {
  for (const kind of ORDER) {
    for (const object of before.objects()) {
      if (object.kind !== kind || object.sql === undefined) continue;
      const now = named(bench.schema(), object);
      if (isSame(now, object)) continue;
      if (now !== undefined) run(`DROP ${kind.toUpperCase()} ${identifier(object.name)}`);
      run(object.sql);
    }
  }
  for (const table of before.tables()) {
    if (table.storage !== 'virtual' || lineage.successorOf(table.name) !== undefined) continue;
    if (contentTable(table.sql, tokenize) === undefined) continue;
    const name = identifier(table.name);
    statements.push(`INSERT INTO ${name} (${name}) VALUES ('rebuild')`);
  }
}

/**
 * The statements, without semicolons, that turn one schema into another, where tables and columns of one name are the
 * same. What has another name is dropped and made: somebody has to look before they are run. Undefined where there are
 * none.
 */
export async function statementsBetween(
  from: Schema,
  to: Schema,
  tokenize: Tokenize,
): Promise<readonly string[] | undefined> {
  try {
    return await inverseStatements({ before: to, after: from, lineage: byNames(to, from), tokenize });
  } catch {
    return undefined;
  }
}

function byNames(before: Schema, after: Schema): Lineage {
  const find = (name: string): Successor | undefined => {
    const was = before.table(name);
    const now = after.table(name);
    if (was === undefined || now === undefined) return undefined;
    const columns = was.columns.flatMap((column) => {
      const held = columnOf(now, column.name);
      return held === undefined
        ? []
        : [[foldName(column.name), { name: held.name, derived: false }] as const];
    });
    return { before: was.name, after: now.name, everyRow: true, columns: new Map(columns), actions: [] };
  };
  return { successorOf: find, predecessorOf: find, changes: [], inserted: [], captured: [], kept: [] };
}
