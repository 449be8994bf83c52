import type { ReversibilityCase } from './case.ts';

const ITEMS =
  'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, price REAL DEFAULT 0);';

export const columnCases: readonly ReversibilityCase[] = [
  { name: 'an added column', before: ITEMS, up: 'ALTER TABLE items ADD COLUMN slug TEXT;', class: 'exact' },
  {
    name: 'an added column with a default, filled, and indexed',
    before: ITEMS,
    up: `ALTER TABLE items ADD COLUMN slug TEXT NOT NULL DEFAULT ''; UPDATE items SET slug = lower(name);
      CREATE INDEX idx_items_slug ON items (slug);`,
    class: 'exact',
  },
  {
    name: 'an added column with a reference',
    before: ITEMS,
    up: 'ALTER TABLE items ADD COLUMN parent_id INTEGER REFERENCES items (id) ON DELETE SET NULL;',
    class: 'exact',
  },
  {
    name: 'a dropped column in the middle',
    before: ITEMS,
    up: 'ALTER TABLE items DROP COLUMN note;',
    class: 'schema-only',
    loses: ['items.note'],
  },
  {
    name: 'a dropped column at the end',
    before: ITEMS,
    up: 'ALTER TABLE items DROP COLUMN price;',
    class: 'schema-only',
    loses: ['items.price'],
  },
  {
    name: 'a dropped NOT NULL column',
    before: ITEMS,
    up: 'ALTER TABLE items DROP COLUMN name;',
    class: 'schema-only',
    loses: ['items.name'],
  },
  {
    name: 'a renamed column that a view, a trigger, an index and a foreign key name',
    before: `CREATE TABLE lists (code TEXT PRIMARY KEY, title TEXT);
      CREATE TABLE entries (id INTEGER PRIMARY KEY, list TEXT REFERENCES lists (code));
      CREATE INDEX idx_lists_title ON lists (title);
      CREATE VIEW titles AS SELECT title FROM lists;
      CREATE TRIGGER lists_title AFTER UPDATE OF title ON lists BEGIN UPDATE entries SET list = list WHERE list = new.code; END;`,
    up: 'ALTER TABLE lists RENAME COLUMN title TO name; ALTER TABLE lists RENAME COLUMN code TO key;',
    class: 'exact',
  },
  {
    name: 'columns that exchange their names',
    before: ITEMS,
    up: `ALTER TABLE items RENAME COLUMN name TO x; ALTER TABLE items RENAME COLUMN note TO name;
      ALTER TABLE items RENAME COLUMN x TO note;`,
    class: 'exact',
  },
  {
    name: 'a renamed column, and a new one under its name',
    before: ITEMS,
    up: 'ALTER TABLE items RENAME COLUMN note TO old_note; ALTER TABLE items ADD COLUMN note TEXT;',
    class: 'exact',
  },
  {
    name: 'an added generated column',
    before: ITEMS,
    up: 'ALTER TABLE items ADD COLUMN shout TEXT GENERATED ALWAYS AS (upper(name)) VIRTUAL;',
    class: 'exact',
  },
  {
    name: 'a dropped generated column',
    before:
      'CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT, c TEXT GENERATED ALWAYS AS (upper(b)) STORED, d TEXT);',
    up: 'ALTER TABLE a DROP COLUMN c;',
    class: 'exact',
  },
];
