import { columnOf, primaryKeyOf, type ForeignKey, type Schema, type Table } from 'd1-core/schema';
import { foldName, identifier, identifiers } from 'd1-core/sql';
import { UNDO_ROWID } from '../replay/index.ts';

/** What has to run before a statement so that what it changes can be brought back. */
export interface Keeping {
  /** Without semicolons. */
  readonly statements: readonly string[];
  /** The directives above the statement, without their hyphens. */
  readonly directives: readonly string[];
}

/** Gives each keeping table a name that nothing else has. */
export type NameOfUndo = (table: string) => string;

/** Keeps some columns of the rows that a condition picks, with what tells the rows apart. */
export function keepValues(
  table: Table,
  columns: readonly string[],
  { name, from, where }: { readonly name: string; readonly from: string; readonly where: string },
): Keeping {
  const key = keyOf(table);
  return keeping('values', table, [...key, ...columns.filter((column) => !isIn(key, column))], {
    name,
    from,
    where,
  });
}

/** Keeps whole rows. */
export function keepRows(
  table: Table,
  { name, from, where }: { readonly name: string; readonly from: string; readonly where: string },
): Keeping {
  const stored = table.columns.filter(({ generated }) => generated === 'no').map((column) => column.name);
  const key = keyOf(table);
  const rest = stored.filter((column) => !isIn(key, column));
  const number = table.withoutRowid || isRowNumber(table, primaryKeyOf(table)) ? [] : [UNDO_ROWID];
  return keeping('rows', table, [...new Set([...key, ...number, ...rest])], {
    name,
    from,
    where,
  });
}

/**
 * Keeps what the foreign keys of other tables do when rows of a table go: rows that go with them, values that become
 * NULL or a default. Undefined where a table references itself or one in a circle: nobody knows how far it goes.
 */
export function keepChildren(
  schema: Schema,
  parent: Table,
  undo: string,
  nameOf: NameOfUndo,
  path: readonly string[] = [parent.name],
): readonly Keeping[] | undefined {
  const kept: Keeping[] = [];
  for (const { child, foreignKey } of schema.referencesTo(parent.name)) {
    if (foreignKey.onDelete === 'NO ACTION' || foreignKey.onDelete === 'RESTRICT') continue;
    if (path.some((name) => foldName(name) === foldName(child.name))) return undefined;
    const name = nameOf(child.name);
    const picked = { name, from: identifier(child.name), where: isChildOf(foreignKey, parent, undo) };
    if (foreignKey.onDelete !== 'CASCADE') {
      kept.push(keepValues(child, foreignKey.columns, picked));
      continue;
    }
    const below = keepChildren(schema, child, name, nameOf, [...path, child.name]);
    if (below === undefined) return undefined;
    kept.push(keepRows(child, picked), ...below);
  }
  return kept;
}

function keeping(
  what: 'rows' | 'values',
  table: Table,
  columns: readonly string[],
  { name, from, where }: { readonly name: string; readonly from: string; readonly where: string },
): Keeping {
  const key = keyOf(table);
  const kept = columns.map(
    // BLOB changes no value: any other type could.
    (column) => `  ${identifier(column)} ${isIn(key, column) ? 'BLOB NOT NULL' : 'BLOB'}`,
  );
  const sources = columns.map((column) => (column === UNDO_ROWID ? 'rowid' : identifier(column)));
  const condition = where === '' ? '' : `\nWHERE ${where}`;
  return {
    statements: [
      `CREATE TABLE ${identifier(name)} (\n${kept.join(',\n')},\n  PRIMARY KEY (${identifiers(key)})\n)`,
      `INSERT INTO ${identifier(name)} (${identifiers(columns)})\nSELECT ${sources.join(', ')}\nFROM ${from}${condition}`,
    ],
    directives: [`captured ${what} of ${identifier(table.name)} in ${identifier(name)}`],
  };
}

/** The columns that tell rows apart: the primary key, else the number of the row. */
function keyOf(table: Table): readonly string[] {
  const key = primaryKeyOf(table);
  const isWhole = key.every(
    (name) => table.withoutRowid || columnOf(table, name)?.notNull === true || isRowNumber(table, key),
  );
  return key.length > 0 && isWhole ? key : [UNDO_ROWID];
}

const isRowNumber = (table: Table, [only, ...others]: readonly string[]): boolean =>
  only !== undefined && others.length === 0 && /^integer$/i.test(columnOf(table, only)?.type ?? '');

function isChildOf({ columns, parentColumns }: ForeignKey, parent: Table, undo: string): string {
  const keys = parentColumns ?? primaryKeyOf(parent);
  const list = identifiers(columns);
  return `${columns.length > 1 ? `(${list})` : list} IN (SELECT ${identifiers(keys)} FROM ${identifier(undo)})`;
}

const isIn = (names: readonly string[], name: string): boolean =>
  names.some((one) => foldName(one) === foldName(name));
