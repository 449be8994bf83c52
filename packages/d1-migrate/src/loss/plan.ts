import type { Row } from 'd1-core/database';
import { plural } from 'd1-core/report';
import type { Schema, Table } from 'd1-core/schema';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import {
  type AnalysedMigration,
  type Announced,
  announcedIn,
  beginTrace,
  type Effect,
  firstName,
  follow,
  isDestructive,
  type Loss,
  type TableTrace,
  withReason,
} from 'd1-core/loss';

/** A table that is counted before and after. */
interface GuardedTable {
  /** Before the migrations. */
  readonly name: string;
  /** Whose values are counted: foreign keys may empty them while the rows stay. */
  readonly columns: readonly string[];
}

/** Which tables may lose rows or values, and what is said about it. */
export interface LossPlan {
  readonly tables: readonly GuardedTable[];
  /** Where each of them is found before and after. */
  readonly before: TableTrace;
  readonly after: TableTrace;
  readonly announced: Announced;
}

/**
 * Reads which tables may lose rows or values in migrations that run on a schema: those that they drop, rebuild, delete
 * from or replace rows of, and those that foreign keys and triggers change with them. `rehearsed` names the tables that
 * a rehearsal of these migrations saw change; it has also judged what each file announces.
 */
export function planLosses(
  schema: Schema,
  migrations: readonly AnalysedMigration[],
  rehearsed?: readonly string[],
): LossPlan {
  const tables = schema.tables().filter(isCounted);
  const before = beginTrace(tables.map(({ name }) => name));
  const files: FileReach[] = [];
  let trace = before;
  for (const migration of migrations) {
    files.push({
      reach: reachOf(schema, migration, trace),
      destroys: reachOf(schema, migration, trace, isDestructive),
      announced: announcedIn(migration, trace),
    });
    trace = migration.statements.reduce((now, { effect }) => follow(now, effect), trace);
  }
  const named = new Set(rehearsed?.map(foldName));
  const guarded = tables.flatMap(({ name }) => {
    const table = foldName(name);
    const columns = files.flatMap(({ reach }) => [...(reach.get(table) ?? [])]);
    const isReached = named.has(table) || files.some(({ reach }) => reach.has(table));
    return isReached ? [{ name, columns: [...new Set(columns)] }] : [];
  });
  return {
    tables: guarded,
    before,
    after: trace,
    announced: announcedTogether(files, rehearsed !== undefined),
  };
}

interface FileReach {
  readonly reach: Reach;
  /** What the statements reach that make rows go. */
  readonly destroys: Reach;
  readonly announced: Announced;
}

/**
 * What is counted around several files cannot be told apart. So an announcement of one of them counts only where every
 * other one that may make rows of the table go says so too, or where a rehearsal has seen each by itself.
 */
function announcedTogether(files: readonly FileReach[], isJudged: boolean): Announced {
  const isSilent = (table: string) =>
    files.some(
      ({ destroys, announced: { rows, values } }) =>
        destroys.has(table) && !rows.has(table) && !values.has(table),
    );
  const together = <Reasons>(reasonsOf: (announced: Announced) => ReadonlyMap<string, Reasons>) =>
    new Map(
      files.flatMap(({ reach, announced }) =>
        [...reasonsOf(announced)].filter(([table]) => reach.has(table) && (isJudged || !isSilent(table))),
      ),
    );
  return { rows: together(({ rows }) => rows), values: together(({ values }) => values) };
}

/**
 * Whether a table has rows of its own that can be counted. An FTS5 table with another's content, or none, has not: it fails where
 * that other table is gone.
 */
const isCounted = ({ storage, sql }: Pick<Table, 'storage' | 'sql'>): boolean =>
  storage === 'ordinary' || (storage === 'virtual' && !/\bcontent\s*=/i.test(sql));

/** Folded names of tables that may lose rows or values, each with the columns that foreign keys may empty. */
type Reach = ReadonlyMap<string, ReadonlySet<string>>;

/** `deletes`: rows go. `writes`: rows come, or change. */
interface Step {
  readonly name: string;
  readonly does: 'deletes' | 'writes';
}

/**
 * The tables that statements of a migration may take something from: themselves, by foreign keys, by triggers.
 * `trace` is of the moment before it; `isWanted` chooses the statements.
 */
function reachOf(
  schema: Schema,
  { statements }: AnalysedMigration,
  trace: TableTrace,
  isWanted: (effect: Effect) => boolean = () => true,
): Reach {
  const triggers = [
    ...schema.objects().flatMap((object) => (object.kind === 'trigger' ? [object] : [])),
    ...statements.flatMap(({ effect, text }) =>
      effect.kind === 'watches' ? [{ table: effect.table, sql: text }] : [],
    ),
  ].map(({ table, sql }) => ({ table: foldName(table), sql: foldName(sql) }));
  const relations = schema.objects().filter(({ kind }) => kind === 'table' || kind === 'view');
  const reach = new Map<string, Set<string>>();
  const columnsOf = (table: string): Set<string> => {
    const columns = reach.get(foldName(table)) ?? new Set<string>();
    if (schema.table(table) !== undefined) reach.set(foldName(table), columns);
    return columns;
  };

  function next({ name, does }: Step): readonly Step[] {
    const table = schema.table(name);
    if (does === 'deletes') columnsOf(name);
    const replaces = does === 'writes' && /\bon\s+conflict\s+replace\b/i.test(table?.sql ?? '');
    const byKeys = schema.referencesTo(name).flatMap(({ child, foreignKey }): readonly Step[] => {
      const action = does === 'deletes' ? foreignKey.onDelete : foreignKey.onUpdate;
      if (action === 'NO ACTION' || action === 'RESTRICT') return [];
      if (action === 'CASCADE') return [{ name: child.name, does }];
      const columns = columnsOf(child.name);
      for (const column of foreignKey.columns) columns.add(column);
      return [{ name: child.name, does: 'writes' }];
    });
    const byTriggers = triggers
      .filter((trigger) => trigger.table === foldName(name))
      .flatMap(({ sql }) => relations.filter((relation) => sql.includes(foldName(relation.name))))
      .map((relation): Step => ({ name: relation.name, does: 'deletes' }));
    return [...(replaces ? [{ name, does: 'deletes' } as const] : []), ...byKeys, ...byTriggers];
  }

  const open = firstSteps(statements, trace, isWanted);
  const seen = new Set<string>();
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const key = `${step.does} ${foldName(step.name)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...next(step));
  }
  return reach;
}

function firstSteps(
  statements: AnalysedMigration['statements'],
  trace: TableTrace,
  isWanted: (effect: Effect) => boolean,
): Step[] {
  const steps: Step[] = [];
  let now = trace;
  for (const { effect } of statements) {
    if (!isWanted(effect)) {
      // Followed all the same, for the names.
    } else if (effect.kind === 'drops' || effect.kind === 'deletes') {
      steps.push({ name: firstName(now, effect.table), does: 'deletes' });
    } else if (effect.kind === 'writes') {
      steps.push({ name: firstName(now, effect.table), does: 'writes' });
    } else if (effect.kind === 'unknown') {
      steps.push(...[...now.names.keys()].map((name): Step => ({ name, does: 'deletes' })));
    }
    now = follow(now, effect);
  }
  return steps;
}

interface TableCount {
  readonly rows: number;
  /** The values that are not NULL, by column. */
  readonly values: ReadonlyMap<string, number>;
}

/** By the table's name before the migrations. A table that is gone is not in it. */
export type TableCounts = ReadonlyMap<string, TableCount>;

/** The statements that count the rows of the tables of a plan, at one moment of its migrations. */
export const countStatements = ({ tables }: LossPlan, { names }: TableTrace): readonly string[] =>
  presentTables(tables, names).map(([{ columns }, now]) => {
    const values = columns.map((column, index) => `, count(${quoteIdentifier(column)}) AS c${index}`);
    return `SELECT count(*) AS rows${values.join('')} FROM ${quoteIdentifier(now)}`;
  });

/** Reads the answers to `countStatements`. */
export function readCounts(
  { tables }: LossPlan,
  { names }: TableTrace,
  answers: readonly (readonly Row[])[],
): TableCounts {
  return new Map(
    presentTables(tables, names).map(([{ name, columns }], index) => {
      const row = answers[index]?.[0];
      const values = new Map(columns.map((column, at) => [column, Number(row?.[`c${at}`] ?? 0)]));
      return [name, { rows: Number(row?.['rows'] ?? 0), values }];
    }),
  );
}

const presentTables = (
  tables: readonly GuardedTable[],
  names: TableTrace['names'],
): readonly (readonly [GuardedTable, string])[] =>
  tables.flatMap((table) => {
    const now = names.get(table.name);
    return now === undefined ? [] : [[table, now] as const];
  });

/** What counting shows: tables with fewer rows, and columns with fewer values than the rows explain. */
export function lossesBetween(
  announced: Announced,
  before: TableCounts,
  after: TableCounts,
): readonly Loss[] {
  return [...before].flatMap(([table, then]) => {
    const now = after.get(table);
    const rows = { before: then.rows, after: now?.rows ?? 0 };
    const lostRows = Math.max(0, rows.before - rows.after);
    const lost: readonly Omit<Loss, 'reason'>[] = [
      { table, what: 'rows', column: undefined, count: lostRows, ...rows },
      ...(now === undefined ? [] : [...then.values]).map(([column, count]) => ({
        table,
        what: 'values' as const,
        column,
        count: count - (now?.values.get(column) ?? 0) - lostRows,
        ...rows,
      })),
    ];
    return lost.filter(({ count }) => count > 0).map((loss) => withReason(loss, announced));
  });
}

/** Rows of each table before and after, as a rehearsal has counted them. */
export interface Planned {
  readonly rows: Readonly<Record<string, number>>;
  readonly rowsAfter: Readonly<Record<string, number>>;
}

/** Tables that have lost more rows than planned, or got fewer: whatever announces it, somebody has approved other numbers. */
export const unplannedLosses = (planned: Planned, before: TableCounts, after: TableCounts): readonly Loss[] =>
  unplannedChanges(planned, before, after).flatMap(({ table, was, is, planned }): readonly Loss[] => {
    const shared = { table, column: undefined, before: was, after: is, reason: undefined };
    return is - was >= planned ? [] : [{ ...shared, what: 'unplanned', count: planned - (is - was) }];
  });

/** Tables that have more rows than planned, as sentences: nothing is lost, but something else was done than approved. */
export const unplannedRows = (planned: Planned, before: TableCounts, after: TableCounts): readonly string[] =>
  unplannedChanges(planned, before, after)
    .filter(({ was, is, planned }) => is - was > planned)
    .map(
      ({ table, was, is, planned }) =>
        `${table} went from ${was} to ${plural(is, 'row')}, and the rehearsal of the plan saw a difference of ${planned}: look whether an application has written to it meanwhile.`,
    );

/** The tables whose number of rows has not changed as in the rehearsal. */
function unplannedChanges(
  { rows, rowsAfter }: Planned,
  before: TableCounts,
  after: TableCounts,
): readonly {
  readonly table: string;
  readonly was: number;
  readonly is: number;
  readonly planned: number;
}[] {
  return [...before].flatMap(([table, then]) => {
    const [first, last] = [rows[table], rowsAfter[table]];
    if (first === undefined || last === undefined) return [];
    const change = { table, was: then.rows, is: after.get(table)?.rows ?? 0, planned: last - first };
    return change.is - change.was === change.planned ? [] : [change];
  });
}
