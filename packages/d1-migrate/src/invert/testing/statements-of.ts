import type { Schema, Table } from 'd1-core/schema';
import { identifier, identifiers } from 'd1-core/sql';
import type { Intent } from './intents.ts';

/** Names as people use them, and as they should not. */
const NAMES = ['users', 'posts', 'Tags', 'order', 'a b', 'x"y', 'größe', 'items_old', 'new_users', 'log'];
const COLUMNS = ['name', 'title', 'note', 'group', 'Mixed', 'a b', 'price', 'state', 'ref', 'q"q'];
const TYPES = ['TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', '', 'VARCHAR(20)', 'DATETIME'];
const STRICT_TYPES = ['TEXT', 'INTEGER', 'REAL', 'BLOB', 'ANY'];
const ACTIONS = ['NO ACTION', 'CASCADE', 'SET NULL', 'RESTRICT', 'SET DEFAULT'];

/** Chooses by the numbers of an intent, one after the other. */
function chooser({ picks }: Intent) {
  let at = 0;
  const next = () => picks[at++ % picks.length] ?? 0;
  return {
    of: <Value>(values: readonly Value[]): Value | undefined => values[next() % Math.max(values.length, 1)],
    maybe: (one: number, inHowMany: number): boolean => next() % inHowMany < one,
    number: (below: number): number => next() % below,
  };
}

type Chooser = ReturnType<typeof chooser>;

/** The statements that an intent means on a schema; none where it means nothing. They may still be refused. */
export function statementsOf(intent: Intent, schema: Schema): readonly string[] {
  const choose = chooser(intent);
  const tables = schema.tables().filter(({ storage }) => storage === 'ordinary');
  const table = choose.of(tables);
  if (intent.kind === 'create-table') return [createTable(choose, tables)];
  if (intent.kind === 'pragma') return ['PRAGMA defer_foreign_keys = ON'];
  if (table === undefined) return [];
  const own = identifier(table.name);
  const column = identifier(choose.of(table.columns)?.name ?? '');
  switch (intent.kind) {
    case 'create-index':
      return [createIndex(choose, table, schema)];
    case 'create-view':
      return [
        `CREATE VIEW ${freeName(choose, schema, 'v')} AS SELECT ${column} FROM ${own}${choose.maybe(1, 2) ? ` WHERE ${column} IS NOT NULL` : ''}`,
      ];
    case 'create-trigger': {
      const other = identifier(choose.of(tables)?.name ?? table.name);
      const event = choose.of(['INSERT', 'UPDATE', 'DELETE']) ?? 'UPDATE';
      return [
        `CREATE TRIGGER ${freeName(choose, schema, 'tr')} AFTER ${event} ON ${own} BEGIN SELECT count(*) FROM ${other}; END`,
      ];
    }
    case 'create-search':
      return [
        `CREATE VIRTUAL TABLE ${freeName(choose, schema, 'fts')} USING fts5(${column}${choose.maybe(1, 2) ? `, content=${own}` : ''})`,
      ];
    case 'add-column':
      return [`ALTER TABLE ${own} ADD COLUMN ${newColumn(choose, table)}`];
    case 'drop-column':
      return [`ALTER TABLE ${own} DROP COLUMN ${column}`];
    case 'rename-column':
      return [`ALTER TABLE ${own} RENAME COLUMN ${column} TO ${identifier(choose.of(COLUMNS) ?? 'x')}`];
    case 'rename-table':
      return [`ALTER TABLE ${own} RENAME TO ${identifier(choose.of(NAMES) ?? 'x')}`];
    case 'drop-table':
      return [`DROP TABLE ${identifier(choose.of(schema.tables())?.name ?? table.name)}`];
    case 'drop-index':
    case 'drop-view':
    case 'drop-trigger':
      return drop(choose, schema, intent.kind);
    case 'recreate':
      return [`DROP TABLE ${own}`, createTable(choose, tables, table.name)];
    case 'rebuild':
      return rebuild(choose, table);
    case 'insert':
      return [insert(choose, table)];
    case 'update':
      return [
        `UPDATE ${own} SET ${column} = ${column}${choose.maybe(1, 2) ? ` WHERE ${column} IS NULL` : ''}`,
      ];
    case 'delete':
      return [`DELETE FROM ${own} WHERE ${column} IS NULL`];
  }
}

function createTable(choose: Chooser, tables: readonly Table[], name = choose.of(NAMES) ?? 't'): string {
  const isStrict = choose.maybe(1, 6);
  const keys = choose.of(['integer', 'autoincrement', 'text', 'pair', 'none', 'integer']);
  const parts: string[] = [];
  if (keys === 'integer') parts.push('id INTEGER PRIMARY KEY');
  if (keys === 'autoincrement') parts.push('id INTEGER PRIMARY KEY AUTOINCREMENT');
  if (keys === 'text') parts.push('id TEXT PRIMARY KEY NOT NULL');
  if (keys === 'pair') parts.push('id INTEGER NOT NULL', 'part TEXT NOT NULL');
  const used = new Set<string>();
  for (let count = 1 + choose.number(4); count > 0; count -= 1) {
    const column = choose.of(COLUMNS) ?? 'c';
    if (used.has(column)) continue;
    used.add(column);
    parts.push(columnText(choose, column, isStrict ? STRICT_TYPES : TYPES));
  }
  const parent = choose.of(tables);
  if (choose.maybe(2, 3)) {
    const target = parent === undefined || choose.maybe(1, 5) ? name : parent.name;
    const action = choose.of(ACTIONS) ?? 'NO ACTION';
    const isKnown =
      target === name ? keys === 'integer' : parent?.columns.some(({ name: column }) => column === 'id');
    if (isKnown === true) {
      parts.push(
        `ref_id ${isStrict ? 'ANY' : ''} REFERENCES ${identifier(target)} (id) ON DELETE ${action}`.replaceAll(
          / +/g,
          ' ',
        ),
      );
    }
  }
  if (keys === 'pair') parts.push('PRIMARY KEY (id, part)');
  const options = [
    ...(isStrict ? ['STRICT'] : []),
    ...(keys === 'pair' && choose.maybe(1, 2) ? ['WITHOUT ROWID'] : []),
  ];
  return `CREATE TABLE ${identifier(name)} (${parts.join(', ')})${options.length > 0 ? ` ${options.join(', ')}` : ''}`;
}

function columnText(choose: Chooser, name: string, types: readonly string[]): string {
  const own = identifier(name);
  const type = choose.of(types) ?? '';
  const wanted = choose.of([
    '',
    '',
    '',
    "DEFAULT 'x'",
    'DEFAULT 7',
    'DEFAULT (1 + 1)',
    'NOT NULL',
    "NOT NULL DEFAULT ''",
    'COLLATE NOCASE',
    'UNIQUE',
    `CHECK (${own} IS NULL OR length(${own}) < 100)`,
  ]);
  // A default that a STRICT table itself refuses is of no use.
  const isRefused = types === STRICT_TYPES && !/TEXT|ANY/.test(type) && wanted?.includes('DEFAULT') === true;
  return [own, type, isRefused ? '' : wanted].filter((text) => text !== '').join(' ');
}

function newColumn(choose: Chooser, table: Table): string {
  const name = choose.of(COLUMNS) ?? 'c';
  const strict = table.strict ? STRICT_TYPES : TYPES;
  if (choose.maybe(1, 6)) {
    const of = identifier(choose.of(table.columns)?.name ?? 'id');
    return `${identifier(name)} ${table.strict ? 'ANY ' : ''}GENERATED ALWAYS AS (${of}) VIRTUAL`;
  }
  return columnText(choose, name, strict);
}

function createIndex(choose: Chooser, table: Table, schema: Schema): string {
  const columns = table.columns.map(({ name }) => name);
  const first = choose.of(columns) ?? '';
  const second = choose.of(columns) ?? '';
  const what = choose.of([
    identifier(first),
    identifiers([...new Set([first, second])]),
    `lower(${identifier(first)})`,
    `${identifier(first)} COLLATE NOCASE DESC`,
  ]);
  const where = choose.maybe(1, 4) ? ` WHERE ${identifier(second)} IS NOT NULL` : '';
  return `CREATE INDEX ${freeName(choose, schema, 'i')} ON ${identifier(table.name)} (${what ?? ''})${where}`;
}

/** A rebuild as people write it: another definition with the same columns, or with one less. */
function rebuild(choose: Chooser, table: Table): readonly string[] {
  const columns = table.columns.filter(({ generated }) => generated === 'no');
  const dropped = choose.maybe(1, 4) ? choose.of(columns)?.name : undefined;
  const kept = columns.filter(({ name, primaryKey }) => name !== dropped || primaryKey > 0);
  if (kept.length === 0) return [];
  const newName = choose.of(['tmp', '__new', `${table.name}_new`]) ?? 'tmp';
  const key = kept.filter(({ primaryKey }) => primaryKey > 0);
  const parts = kept.map(({ name, type, notNull, defaultValue }) =>
    [
      identifier(name),
      type,
      notNull ? 'NOT NULL' : '',
      defaultValue === undefined ? '' : `DEFAULT (${defaultValue})`,
    ]
      .filter((text) => text !== '')
      .join(' '),
  );
  const primary = key.length === 0 ? [] : [`PRIMARY KEY (${identifiers(key.map(({ name }) => name))})`];
  const list = identifiers(kept.map(({ name }) => name));
  const own = identifier(table.name);
  return [
    'PRAGMA defer_foreign_keys = ON',
    `CREATE TABLE ${identifier(newName)} (${[...parts, ...primary].join(', ')})`,
    `INSERT INTO ${identifier(newName)} (${list}) SELECT ${list} FROM ${own}`,
    `DROP TABLE ${own}`,
    `ALTER TABLE ${identifier(newName)} RENAME TO ${own}`,
  ];
}

function insert(choose: Chooser, table: Table): string {
  const columns = table.columns.filter(({ generated }) => generated === 'no');
  const values = columns.map(({ type, notNull, primaryKey }) => {
    if (!notNull && primaryKey === 0) return 'NULL';
    return /INT|REAL|NUM/i.test(type) ? String(100 + choose.number(50)) : `'v${choose.number(50)}'`;
  });
  return `INSERT INTO ${identifier(table.name)} (${identifiers(columns.map(({ name }) => name))}) VALUES (${values.join(', ')})`;
}

function drop(
  choose: Chooser,
  schema: Schema,
  kind: 'drop-index' | 'drop-view' | 'drop-trigger',
): readonly string[] {
  const wanted = kind.replace('drop-', '');
  const objects = schema.objects().filter((object) => object.kind === wanted && object.sql !== undefined);
  const object = choose.of(objects);
  return object === undefined ? [] : [`DROP ${wanted.toUpperCase()} ${identifier(object.name)}`];
}

/** Of a few names, so that one is sometimes used again. */
function freeName(choose: Chooser, schema: Schema, prefix: string): string {
  const names = [1, 2, 3, 4, 5].map((number) => `${prefix}${number}`);
  const taken = new Set(schema.objects().map(({ name }) => name));
  return identifier(choose.of(names.filter((name) => !taken.has(name))) ?? `${prefix}0`);
}
