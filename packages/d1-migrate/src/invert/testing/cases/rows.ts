import type { ReversibilityCase } from './case.ts';

const ROLES = `CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, rank INTEGER);`;

export const rowCases: readonly ReversibilityCase[] = [
  {
    name: 'literal rows with their primary key',
    before: ROLES,
    up: "INSERT INTO roles (id, name) VALUES (1, 'admin'), (2, 'editor');",
    class: 'exact',
  },
  {
    name: 'literal rows known by a UNIQUE column',
    before: ROLES,
    up: "INSERT INTO roles (name, rank) VALUES ('admin', 1); INSERT INTO roles (name) VALUES ('it''s');",
    class: 'exact',
  },
  {
    name: 'rows that may have been there',
    before: ROLES,
    up: "INSERT OR IGNORE INTO roles (name) VALUES ('admin');",
    class: 'schema-only',
    leaves: ['roles'],
  },
  {
    name: 'rows that may have been there, made from other rows',
    before: `${ROLES} CREATE TABLE teams (id TEXT PRIMARY KEY NOT NULL);`,
    up: "INSERT OR IGNORE INTO roles (name, rank) SELECT id || ' owner', 1 FROM teams; INSERT INTO roles (name) SELECT id FROM teams WHERE true ON CONFLICT DO NOTHING;",
    class: 'schema-only',
    leaves: ['roles'],
  },
  {
    name: 'a row that is added unless it is there',
    before: ROLES,
    up: "INSERT INTO roles (name) SELECT 'admin' WHERE NOT EXISTS (SELECT 1 FROM roles WHERE name = 'admin');",
    class: 'schema-only',
    leaves: ['roles'],
  },
  {
    name: 'rows that a constraint of the table ignores',
    before: 'CREATE TABLE tags (name TEXT PRIMARY KEY ON CONFLICT IGNORE NOT NULL);',
    up: "INSERT INTO tags (name) VALUES ('new');",
    class: 'schema-only',
    leaves: ['tags'],
  },
  {
    name: 'rows that may have been there, in a table with another name after it',
    before: ROLES,
    up: "INSERT OR IGNORE INTO roles (name) VALUES ('admin'); ALTER TABLE roles RENAME TO ranks;",
    class: 'schema-only',
    leaves: ['roles'],
  },
  {
    name: 'rows that a constraint of the table replaces',
    before: 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE);',
    up: "INSERT INTO tags (id, name) VALUES (1, 'new');",
    class: 'irreversible',
  },
  {
    name: 'an upsert',
    before: ROLES,
    up: "INSERT INTO roles (id, name) VALUES (1, 'admin') ON CONFLICT (id) DO UPDATE SET name = 'admin';",
    class: 'irreversible',
  },
  {
    name: 'an UPDATE of a new column that replaces rows',
    before: ROLES,
    up: 'ALTER TABLE roles ADD COLUMN kind TEXT; CREATE UNIQUE INDEX roles_kind ON roles (kind); UPDATE OR REPLACE roles SET kind = 1;',
    class: 'irreversible',
  },
  {
    name: 'rows that are ignored by no key',
    before: `CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);`,
    up: "INSERT OR IGNORE INTO notes (text) VALUES ('hello');",
    class: 'irreversible',
  },
  {
    name: 'rows with a random key',
    before: 'CREATE TABLE keys (key TEXT PRIMARY KEY NOT NULL);',
    up: 'INSERT OR IGNORE INTO keys (key) SELECT hex(randomblob(8)) FROM keys;',
    class: 'irreversible',
  },
  {
    name: 'rows without a known key',
    before: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);',
    up: "INSERT INTO notes (text) VALUES ('hello');",
    class: 'irreversible',
  },
  { name: 'an UPDATE', before: ROLES, up: 'UPDATE roles SET rank = 1;', class: 'irreversible' },
  { name: 'a DELETE', before: ROLES, up: 'DELETE FROM roles WHERE rank > 3;', class: 'irreversible' },
  {
    name: 'REPLACE',
    before: ROLES,
    up: "REPLACE INTO roles (id, name) VALUES (1, 'admin');",
    class: 'irreversible',
  },
  {
    name: 'rows made from other rows',
    before: ROLES,
    up: "INSERT INTO roles (name) SELECT name || ' 2' FROM roles;",
    class: 'irreversible',
  },
  {
    name: 'rows in a table that is new',
    before: ROLES,
    up: "CREATE TABLE kinds (code TEXT); INSERT INTO kinds VALUES ('a'), ('b'); UPDATE kinds SET code = upper(code);",
    class: 'exact',
  },
];
