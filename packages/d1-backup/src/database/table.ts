import type { Row } from 'd1-core/database';
import { foldName, quoteIdentifier } from 'd1-core/sql';

/** A table whose rows are data. */
export interface Table {
  readonly name: string;
  /** Those that hold data; generated columns are left out. */
  readonly columns: readonly string[];
  /** What orders the rows and tells them apart, as SQL expressions. Empty when nothing can. */
  readonly key: readonly string[];
  /** The name of the rowid, when rows have one that no column shows. */
  readonly hiddenRowid: string | undefined;
  /** Tables that its foreign keys point to, itself left out. */
  readonly parents: readonly string[];
}

interface TableFacts {
  readonly name: string;
  readonly withoutRowid: boolean;
  /** Rows of `table_xinfo`. */
  readonly columns: readonly Row[];
  /** Whether the primary key has an index of its own. */
  readonly hasKeyIndex: boolean;
  readonly parents: readonly string[];
}

/** What SQLite says of a table, as this package needs it. */
export function describeTable({ name, withoutRowid, columns, hasKeyIndex, parents }: TableFacts): Table {
  const keyColumns = columns
    .filter((row) => Number(row['pk']) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']));
  const shared = {
    name,
    columns: columns.filter((row) => row['hidden'] === 0).map((row) => String(row['name'])),
    parents: [...new Set(parents)].filter((parent) => foldName(parent) !== foldName(name)),
  };
  if (withoutRowid) {
    // The collation of a column need not be the one of the key; bytes always tell two keys apart.
    const key = keyColumns.map((row) => `${quoteIdentifier(String(row['name']))} COLLATE BINARY`);
    return { ...shared, key, hiddenRowid: undefined };
  }
  const [only, second] = keyColumns;
  const isInteger = /^integer$/i.test(String(only?.['type']));
  if (only !== undefined && second === undefined && isInteger && !hasKeyIndex) {
    return { ...shared, key: [quoteIdentifier(String(only['name']))], hiddenRowid: undefined };
  }
  const taken = new Set(columns.map((row) => foldName(String(row['name']))));
  const rowid = ['rowid', '_rowid_', 'oid'].find((candidate) => !taken.has(candidate));
  return { ...shared, key: rowid === undefined ? [] : [rowid], hiddenRowid: rowid };
}

/**
 * Tables so that each stands after those that its foreign keys point to. Tables of a cycle come in the order in
 * which they are found.
 */
export function inForeignKeyOrder(tables: readonly Table[]): readonly Table[] {
  const byName = new Map(tables.map((table) => [foldName(table.name), table]));
  const seen = new Set<Table>();
  const ordered: Table[] = [];
  const visit = (table: Table): void => {
    if (seen.has(table)) return;
    seen.add(table);
    for (const parent of table.parents) {
      const found = byName.get(foldName(parent));
      if (found !== undefined) visit(found);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
