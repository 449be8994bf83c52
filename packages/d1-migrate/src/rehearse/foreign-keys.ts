import type { DatabaseSync } from 'node:sqlite';
import { keyFlaw, type KeyFlaw, type Schema } from 'd1-core/schema';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import { type TableTrace } from 'd1-core/loss';

/** A row whose foreign key points to no row. */
export interface Violation {
  readonly table: string;
  readonly rowid: number | null;
  readonly parent: string;
}

/** Of the tables that can be asked: one with a broken key cannot. */
export const foreignKeyViolations = (
  database: DatabaseSync,
  tables: readonly string[],
): readonly Violation[] =>
  tables.flatMap((table) => {
    try {
      const rows = database.prepare(`PRAGMA foreign_key_check(${quoteIdentifier(table)})`).all();
      return rows.map(({ rowid, parent }) => ({
        table,
        rowid: typeof rowid === 'number' ? rowid : null,
        parent: String(parent),
      }));
    } catch {
      return []; // "foreign key mismatch": `brokenKeys` names it.
    }
  });

/** Those of the tables and parents that have more of them than before. A rebuilt table may renumber its rows. */
export function newViolations(
  before: readonly Violation[],
  after: readonly Violation[],
  { names }: TableTrace,
): readonly Violation[] {
  const now = (name: string) => foldName(names.get(name) ?? name);
  const count = (list: readonly Violation[], wanted: Violation, nameOf: (name: string) => string) =>
    list.filter(
      ({ table, parent }) =>
        nameOf(table) === foldName(wanted.table) && nameOf(parent) === foldName(wanted.parent),
    ).length;
  return after.filter((one) => count(after, one, foldName) > count(before, one, now));
}

/** A foreign key that leads to no key, so that no row with a value in it can be written. */
export interface BrokenKey {
  readonly table: string;
  readonly parent: string;
  /** In words. */
  readonly reason: string;
}

export const brokenKeys = (schema: Schema): readonly BrokenKey[] =>
  schema.tables().flatMap((table) =>
    table.foreignKeys.flatMap((key): readonly BrokenKey[] => {
      const parent = schema.table(key.parent);
      const flaw = parent === undefined ? undefined : keyFlaw(schema, parent, key);
      if (parent !== undefined && flaw === undefined) return [];
      return [
        {
          table: table.name,
          parent: key.parent,
          reason: flaw === undefined ? 'there is no such table' : describeFlaw(flaw),
        },
      ];
    }),
  );

function describeFlaw(flaw: KeyFlaw): string {
  switch (flaw.flaw) {
    case 'no-such-column':
      return `it has no column ${flaw.column}`;
    case 'no-primary-key':
      return 'it has no primary key';
    case 'column-count':
      return `its primary key is (${flaw.primaryKey.join(', ')})`;
    case 'not-unique':
      return `(${flaw.columns.join(', ')}) is no key of it`;
  }
}
