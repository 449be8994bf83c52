import { foldName } from '../sql/index.ts';
import { primaryKeyOf, type ForeignKey, type Schema, type Table } from './model.ts';

/** Why a foreign key does not fit its parent table; undefined where it does. */
export type KeyFlaw =
  | { readonly flaw: 'no-such-column'; readonly column: string }
  | { readonly flaw: 'no-primary-key' }
  | { readonly flaw: 'column-count'; readonly primaryKey: readonly string[] }
  | { readonly flaw: 'not-unique'; readonly columns: readonly string[] };

/** The rule is SQLite's: the parent columns are the primary key, or those of a UNIQUE index without WHERE. */
export function keyFlaw(schema: Schema, parent: Table, foreignKey: ForeignKey): KeyFlaw | undefined {
  const primaryKey = primaryKeyOf(parent);
  const { columns, parentColumns } = foreignKey;
  if (parentColumns === undefined) {
    if (primaryKey.length === 0) return { flaw: 'no-primary-key' };
    return primaryKey.length === columns.length ? undefined : { flaw: 'column-count', primaryKey };
  }
  const known = new Set(parent.columns.map(({ name }) => foldName(name)));
  const column = parentColumns.find((name) => !known.has(foldName(name)));
  if (column !== undefined) return { flaw: 'no-such-column', column };
  const keys = [
    primaryKey,
    ...schema
      .indexesOf(parent.name)
      .filter((index) => index.unique && !index.partial)
      .map((index) => index.columns),
  ];
  return keys.some((key) => hasSameNames(key, parentColumns))
    ? undefined
    : { flaw: 'not-unique', columns: parentColumns };
}

/** Whether two lists hold the same names, in whatever order. */
export function hasSameNames(a: readonly (string | undefined)[], b: readonly string[]): boolean {
  const names = new Set(b.map(foldName));
  return (
    a.length === b.length &&
    names.size === b.length &&
    a.every((name) => name !== undefined && names.has(foldName(name)))
  );
}
