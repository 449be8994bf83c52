import type { DatabaseSync } from 'node:sqlite';
import { quoteIdentifier } from '../sql/index.ts';
import { shapeOf, type TableShape } from './table-shape.ts';

/** The two sides of a comparison: a connection's database, and the one of before that is attached to it. */
export type Side = 'main' | 'before';

/**
 * Makes a table that holds rows of one that has this shape, and tells them apart by the same keys. No CHECK, foreign key or
 * trigger of the original is in their way.
 */
export function hold(
  database: DatabaseSync,
  side: Side,
  table: string,
  { columns, primaryKey, uniqueKeys }: Pick<TableShape, 'columns' | 'primaryKey' | 'uniqueKeys'>,
): void {
  const named = (names: readonly string[]) =>
    names.map((name) => quoteIdentifier(columns.get(name)?.name ?? name)).join(', ');
  const parts = [
    ...[...columns.values()].map(({ name, affinity, notNull }) => {
      // A column of the type INTEGER that is the primary key would hold no NULL.
      const type = affinity === 'INTEGER' ? 'INT' : affinity;
      return `${quoteIdentifier(name)} ${type}${notNull ? ' NOT NULL' : ''}`;
    }),
    ...(primaryKey.length === 0 ? [] : [`PRIMARY KEY (${named(primaryKey)})`]),
    ...uniqueKeys.map((names) => `UNIQUE (${named(names)})`),
  ];
  database.exec(`CREATE TABLE ${side}.${quoteIdentifier(table)} (${parts.join(', ')})`);
}

/**
 * Keeps the rows that tables of a connection's database have now, in memory, as the `before` that `compareTable` compares
 * with. What was kept earlier of these tables is forgotten. An FTS5 table without a text has no rows that could be kept.
 */
export function remember(database: DatabaseSync, tables: readonly string[]): void {
  attachMemory(database);
  for (const table of tables) {
    const shape = shapeOf(database, 'main', table);
    const { columns, rowid } = shape;
    const names = [
      ...(rowid === undefined ? [] : [rowid]),
      ...[...columns.values()].map(({ name }) => quoteIdentifier(name)),
    ];
    const list = names.join(', ');
    database.exec(`DROP TABLE IF EXISTS before.${quoteIdentifier(table)}`);
    hold(database, 'before', table, shape);
    database.exec(`INSERT INTO before.${quoteIdentifier(table)} (${list}) SELECT ${list} FROM ${shape.sql}`);
  }
}

/** Attaches a database in memory as `before`, where none is. */
export function attachMemory(database: DatabaseSync): void {
  const isAttached = database.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'before'").get();
  if (isAttached === undefined) database.exec("ATTACH ':memory:' AS before");
}
