import type { DatabaseSync } from 'node:sqlite';
import { diffSchemas, type Schema, type SchemaChange } from 'd1-core/schema';
import { foldName, quoteIdentifier, type Tokenize } from 'd1-core/sql';
import { type TableTrace } from 'd1-core/loss';

/** The rows of a table before and after; undefined where it was not there, or is not any more. */
export interface RowChange {
  /** Its name before; of a new one the name after. */
  readonly table: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** All tables by name, those that were renamed too. `trace` is of the moment after the migrations. */
export function rowChanges(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  { names }: TableTrace,
): readonly RowChange[] {
  const found = new Map([...after].map(([name, rows]) => [foldName(name), { name, rows }]));
  const old = [...before].map(([table, rows]) => ({
    table,
    before: rows,
    now: found.get(foldName(names.get(table) ?? '')),
  }));
  const kept = new Set(old.map(({ now }) => now?.name));
  return [
    ...old.map(({ table, before, now }) => ({ table, before, after: now?.rows })),
    ...[...after]
      .filter(([name]) => !kept.has(name))
      .map(([table, rows]) => ({ table, before: undefined, after: rows })),
  ].sort((a, b) => (a.table < b.table ? -1 : 1));
}

export const countRows = (database: DatabaseSync, table: string): number =>
  Number(database.prepare(`SELECT count(*) AS n FROM ${quoteIdentifier(table)}`).get()?.['n']);

/** How one object differs, without the words for it. */
export type ObjectChange = Pick<SchemaChange, 'change' | 'kind' | 'name'>;

/** What differs between two schemas, object by object. */
export const schemaChanges = (before: Schema, after: Schema, tokenize: Tokenize): readonly ObjectChange[] =>
  diffSchemas(before, after, tokenize).map(({ change, kind, name }) => ({ change, kind, name }));
