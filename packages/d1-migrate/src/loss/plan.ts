import type { Schema, Table } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import type { AnalysedMigration } from './analyse.ts';
import { isDestructive, type Effect } from './effect.ts';
import { beginTrace, firstName, follow, type TableTrace } from './table-trace.ts';

/** Which tables may lose rows, and what is said about it. */
export interface LossPlan {
  /** By their names before the migrations. */
  readonly tables: readonly string[];
  /** Where each of them is found before and after. */
  readonly before: TableTrace;
  readonly after: TableTrace;
  /** The reasons of the announced losses, by the table's name before the migrations, in small letters. */
  readonly announced: ReadonlyMap<string, string>;
}

/**
 * Reads which tables may lose rows in migrations that run on a schema: those that they drop, rebuild or delete from,
 * and those that foreign keys with ON DELETE CASCADE and triggers empty with them.
 */
export function planLosses(schema: Schema, migrations: readonly AnalysedMigration[]): LossPlan {
  const tables = schema.tables().filter(({ storage }) => storage !== 'shadow');
  const before = beginTrace(tables.map(({ name }) => name));
  const announced = new Map<string, string>();
  const hit = new Set<string>();
  let trace = before;
  for (const { statements, directives } of migrations) {
    for (const [index, { effect }] of statements.entries()) {
      for (const directive of directives) {
        if (directive.name !== 'expect-rows-lost' || directive.statement !== index) continue;
        announced.set(foldName(firstName(trace, directive.table)), directive.reason);
      }
      for (const name of hitBy(effect, trace)) hit.add(name);
      trace = follow(trace, effect);
    }
  }
  return { tables: withDependents(schema, tables, hit), before, after: trace, announced };
}

function hitBy(effect: Effect, trace: TableTrace): readonly string[] {
  if (!isDestructive(effect)) return [];
  return 'table' in effect ? [firstName(trace, effect.table)] : [...trace.names.keys()];
}

/** Adds the tables whose rows go with rows of those that are hit. */
function withDependents(
  schema: Schema,
  tables: readonly Table[],
  hit: ReadonlySet<string>,
): readonly string[] {
  const found = new Set<string>();
  const open = [...hit];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const folded = foldName(name);
    if (found.has(folded) || schema.table(name) === undefined) continue;
    found.add(folded);
    const children = schema
      .referencesTo(name)
      .filter(({ foreignKey }) => foreignKey.onDelete === 'CASCADE')
      .map(({ child }) => child.name);
    const triggers = schema.triggersOf(name).map(({ sql }) => sql.toLowerCase());
    const named = tables.filter((table) => triggers.some((sql) => sql.includes(foldName(table.name))));
    open.push(...children, ...named.map((table) => table.name));
  }
  return tables.map(({ name }) => name).filter((name) => found.has(foldName(name)));
}
