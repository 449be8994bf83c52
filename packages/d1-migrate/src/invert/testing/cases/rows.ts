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
    class: 'exact',
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
