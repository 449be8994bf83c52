import type { Schema, Table } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import type { AnalysedMigration } from './analyse.ts';
import { announcedIn, type Announced } from './announced.ts';
import { isDestructive } from './effect.ts';
import { reachOf, type Reach } from './reach.ts';
import { beginTrace, follow, type TableTrace } from './table-trace.ts';

/** A table that is counted before and after. */
export interface GuardedTable {
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
