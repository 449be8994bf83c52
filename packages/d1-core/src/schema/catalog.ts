import type { DatabaseSync } from 'node:sqlite';
import { foldName } from '../sql/index.ts';
import { schemaReader, type CatalogRow } from './read-objects.ts';
import type { SchemaTimeline } from './timeline.ts';

/** What a statement may have done to `sqlite_schema`: the cheapest way to find out depends on it. */
export type CatalogChange = 'created' | 'dropped' | 'column-added' | 'altered';

/** Carries the changes of a database's schema over to a timeline. */
export interface CatalogFollower {
  /** `table` is needed for `column-added` alone. */
  follow(change: CatalogChange, table?: string): void;
}

/**
 * Reading the whole catalogue after every statement would cost as much as the square of the number of migrations. A
 * new object stands behind the last known row, ADD COLUMN changes one row, and only what differs is described.
 */
export function followCatalog(
  database: DatabaseSync,
  timeline: SchemaTimeline,
  hidden: ReadonlySet<string>,
): CatalogFollower {
  const reader = schemaReader(database);
  let known = new Map<number, CatalogRow>();
  /** The highest number of a row. SQLite gives the next object the one behind it. */
  let last = -1;

  const forget = ({ type, name }: CatalogRow) => {
    if (isKind(type)) timeline.remove(type, name);
  };
  const learn = (row: CatalogRow) => {
    known.set(row.rowid, row);
    last = Math.max(last, row.rowid);
    const object = hidden.has(foldName(row.table)) ? undefined : reader.describe(row);
    if (object !== undefined) timeline.put(object);
  };

  return {
    follow(change, table = '') {
      switch (change) {
        case 'created':
          for (const row of reader.rowsAfter(last)) learn(row);
          break;
        case 'column-added':
          for (const row of reader.rowsOfTable(table)) learn(row);
          break;
        case 'dropped': {
          const left = reader.rowids();
          for (const [rowid, row] of known) {
            if (left.has(rowid)) continue;
            known.delete(rowid);
            forget(row);
          }
          last = Math.max(-1, ...left);
          break;
        }
        case 'altered': {
          const before = known;
          const rows = reader.rowsAfter(-1);
          known = new Map(rows.map((row) => [row.rowid, row]));
          last = rows.at(-1)?.rowid ?? -1;
          for (const row of before.values()) if (!isSameObject(row, known.get(row.rowid))) forget(row);
          for (const row of rows) if (!isSame(row, before.get(row.rowid))) learn(row);
          break;
        }
      }
    },
  };
}

const isSameObject = (a: CatalogRow, b: CatalogRow | undefined): boolean =>
  a.type === b?.type && a.name === b.name;

const isSame = (a: CatalogRow, b: CatalogRow | undefined): boolean =>
  b !== undefined && isSameObject(a, b) && a.table === b.table && a.sql === b.sql;

const isKind = (type: string): type is 'table' | 'index' | 'view' | 'trigger' =>
  type === 'table' || type === 'index' || type === 'view' || type === 'trigger';
