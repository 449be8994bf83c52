import type { ReversibilityCase } from './case.ts';

const U = 'CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT, n INTEGER);';

/** As "nx g d1-migrate:rollback-script --capture" writes it. */
const keepValues =
  'CREATE TABLE undo_u (id BLOB NOT NULL, name BLOB, PRIMARY KEY (id)); INSERT INTO undo_u (id, name) SELECT id, name FROM u;';
const keepRows =
  'CREATE TABLE undo_u (id BLOB NOT NULL, name BLOB, n BLOB, PRIMARY KEY (id)); INSERT INTO undo_u (id, name, n) SELECT id, name, n FROM u WHERE id > 9001;';

export const capturedCases: readonly ReversibilityCase[] = [
  {
    name: 'an UPDATE whose values are kept',
    before: U,
    up: `${keepValues}\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = upper(name);`,
    class: 'exact',
  },
  {
    name: 'a DELETE whose rows are kept',
    before: U,
    up: `${keepRows}\n-- d1-migrate: captured rows of u in undo_u\nDELETE FROM u WHERE id > 9001;`,
    class: 'exact',
  },
  {
    name: 'a kept UPDATE of a table that is renamed',
    before: U,
    up: `${keepValues}\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = 'x';\nALTER TABLE u RENAME COLUMN name TO title; ALTER TABLE u RENAME TO v;`,
    class: 'exact',
  },
  {
    name: 'a directive that names a table which is not made',
    before: U,
    up: `SELECT 1;\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = 'x';`,
    class: 'irreversible',
  },
  {
    name: 'a kept UPDATE beside one that is not',
    before: U,
    up: `${keepValues}\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = 'x';\nUPDATE u SET n = 0;`,
    class: 'irreversible',
  },
  {
    name: 'a DELETE of which other rows are kept',
    before: U,
    up: `${keepRows}\n-- d1-migrate: captured rows of u in undo_u\nDELETE FROM u WHERE id < 9001;`,
    class: 'irreversible',
  },
  {
    name: 'an UPDATE of which one column is kept',
    before: U,
    up: `${keepValues}\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = 'x', n = 0 WHERE id < 0;`,
    class: 'irreversible',
  },
  {
    name: 'an UPDATE of some rows, of which the values of all are kept',
    before: U,
    up: `${keepValues}\n-- d1-migrate: captured values of u in undo_u\nUPDATE u SET name = 'x' WHERE id = 9001;`,
    class: 'exact',
  },
];
