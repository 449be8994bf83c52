import type { ReversibilityCase } from './case.ts';

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT, kind TEXT DEFAULT 'a');
  CREATE TABLE entries (id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE, text TEXT);
  CREATE INDEX idx_entries_list_id ON entries (list_id);
  CREATE VIEW titles AS SELECT title FROM lists;
  CREATE TRIGGER lists_changed AFTER UPDATE ON lists BEGIN UPDATE entries SET text = text WHERE list_id = new.id; END;`;

const LONE = `CREATE TABLE lone (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT);
  CREATE UNIQUE INDEX idx_lone_a ON lone (a);`;

export const rebuildCases: readonly ReversibilityCase[] = [
  {
    name: 'a rebuild that sets NOT NULL',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER, c TEXT);
      INSERT INTO new_lone (id, a, b, c) SELECT id, a, b, c FROM lone;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone; CREATE UNIQUE INDEX idx_lone_a ON lone (a);`,
    class: 'exact',
  },
  {
    name: 'a rebuild that drops a column',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, a TEXT, c TEXT);
      INSERT INTO new_lone (id, a, c) SELECT id, a, c FROM lone;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone; CREATE UNIQUE INDEX idx_lone_a ON lone (a);`,
    class: 'schema-only',
    loses: ['lone.b'],
  },
  {
    name: 'a rebuild that renames a column, and changes the order',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, third TEXT, b INTEGER, a TEXT);
      INSERT INTO new_lone (id, a, b, third) SELECT id, a, b, c FROM lone;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone;`,
    class: 'exact',
  },
  {
    name: 'a rebuild that narrows a type',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c TEXT);
      INSERT INTO new_lone SELECT * FROM lone;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone;`,
    class: 'schema-only',
    loses: ['lone.a'],
  },
  {
    name: 'a rebuild that replaces NULL',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER, c TEXT);
      INSERT INTO new_lone SELECT id, COALESCE(a, ''), b, c FROM lone;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone;`,
    class: 'schema-only',
    loses: ['lone.a'],
  },
  {
    name: 'a rebuild that leaves rows out',
    before: LONE,
    up: `CREATE TABLE new_lone (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT);
      INSERT INTO new_lone SELECT * FROM lone WHERE b > 0;
      DROP TABLE lone; ALTER TABLE new_lone RENAME TO lone;`,
    class: 'schema-only',
    loses: ['lone'],
  },
  {
    name: 'a rebuild through a copy that is made first',
    before: LONE,
    up: `CREATE TABLE lone_backup AS SELECT * FROM lone;
      DROP TABLE lone;
      CREATE TABLE lone (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT, d TEXT DEFAULT 'd');
      INSERT INTO lone (id, a, b, c) SELECT id, a, b, c FROM lone_backup;
      DROP TABLE lone_backup;`,
    class: 'exact',
  },
  {
    name: 'a rebuild that makes the table STRICT',
    before: LONE,
    up: `ALTER TABLE lone RENAME TO lone_old;
      CREATE TABLE lone (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT) STRICT;
      INSERT INTO lone SELECT * FROM lone_old;
      DROP TABLE lone_old;`,
    class: 'exact',
  },
  {
    name: 'a closure rebuild of a parent and its child',
    before: LISTS,
    up: `DROP TRIGGER lists_changed; DROP VIEW titles;
      CREATE TABLE new_lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL, kind TEXT DEFAULT 'a');
      CREATE TABLE new_entries (id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES new_lists (id) ON DELETE CASCADE, text TEXT);
      INSERT INTO new_lists (id, title, kind) SELECT id, title, kind FROM lists;
      INSERT INTO new_entries (id, list_id, text) SELECT id, list_id, text FROM entries;
      DROP TABLE entries; DROP TABLE lists;
      ALTER TABLE new_lists RENAME TO lists; ALTER TABLE new_entries RENAME TO entries;
      CREATE INDEX idx_entries_list_id ON entries (list_id);
      CREATE VIEW titles AS SELECT title FROM lists;
      CREATE TRIGGER lists_changed AFTER UPDATE ON lists BEGIN UPDATE entries SET text = text WHERE list_id = new.id; END;`,
    class: 'exact',
  },
  {
    name: 'a child that gets a foreign key to a new table',
    before: LISTS,
    up: `CREATE TABLE kinds (code TEXT PRIMARY KEY);
      INSERT INTO kinds (code) SELECT DISTINCT kind FROM lists;
      CREATE TABLE new_entries (id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE, text TEXT, kind TEXT REFERENCES kinds (code));
      INSERT INTO new_entries (id, list_id, text) SELECT id, list_id, text FROM entries;
      DROP TRIGGER lists_changed;
      DROP TABLE entries; ALTER TABLE new_entries RENAME TO entries;
      CREATE INDEX idx_entries_list_id ON entries (list_id);
      CREATE TRIGGER lists_changed AFTER UPDATE ON lists BEGIN UPDATE entries SET text = text WHERE list_id = new.id; END;`,
    class: 'exact',
  },
  {
    name: 'a rebuild of a table with AUTOINCREMENT',
    before: 'CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);',
    up: `CREATE TABLE new_counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT CHECK (a <> ''));
      INSERT INTO new_counted (id, a) SELECT id, a FROM counted;
      DROP TABLE counted; ALTER TABLE new_counted RENAME TO counted;`,
    class: 'exact',
  },
  {
    name: 'a rebuild whose copy replaces rows',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);',
    up: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT REPLACE);
      INSERT INTO t_new (id, a) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;`,
    class: 'schema-only',
    loses: ['t'],
  },
  {
    name: 'a rebuild whose copy does nothing on a conflict',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);',
    up: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT UNIQUE);
      INSERT INTO t_new (id, a) SELECT id, a FROM t WHERE true ON CONFLICT DO NOTHING; DROP TABLE t; ALTER TABLE t_new RENAME TO t;`,
    class: 'schema-only',
    loses: ['t'],
  },
];
