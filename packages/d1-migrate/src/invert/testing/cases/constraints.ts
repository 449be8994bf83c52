import type { ReversibilityCase } from './case.ts';

const T =
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c');";

/** A rebuild of `t` with another definition, with all columns copied. */
const rebuilt = (definition: string, select = 'id, a, b, c'): string =>
  `CREATE TABLE t_new (${definition});
   INSERT INTO t_new (id, a, b, c) SELECT ${select} FROM t;
   DROP TABLE t; ALTER TABLE t_new RENAME TO t;`;

export const constraintCases: readonly ReversibilityCase[] = [
  {
    name: 'a new CHECK',
    before: T,
    up: rebuilt(
      "id INTEGER PRIMARY KEY, a TEXT CHECK (length(a) < 99), b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c'",
    ),
    class: 'exact',
  },
  {
    name: 'a CHECK that goes',
    before: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> 'no'), b INTEGER, c TEXT);",
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT'),
    class: 'exact',
  },
  {
    name: 'another DEFAULT',
    before: T,
    up: rebuilt(
      "id INTEGER PRIMARY KEY, a TEXT DEFAULT 'x', b INTEGER DEFAULT 2, c TEXT NOT NULL DEFAULT 'c'",
    ),
    class: 'exact',
  },
  {
    name: 'a DEFAULT that goes',
    before: T,
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT NOT NULL'),
    class: 'exact',
  },
  {
    name: 'a DEFAULT that is an expression',
    before: T,
    up: rebuilt(
      "id INTEGER PRIMARY KEY, a TEXT DEFAULT (datetime('now')), b INTEGER DEFAULT (1 + 1), c TEXT NOT NULL DEFAULT 'c'",
    ),
    class: 'exact',
  },
  {
    name: 'NOT NULL that goes',
    before: T,
    up: rebuilt("id INTEGER PRIMARY KEY, a TEXT, b INTEGER DEFAULT 1, c TEXT DEFAULT 'c'"),
    class: 'exact',
  },
  {
    name: 'a new UNIQUE',
    before: T,
    up: rebuilt("id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c'"),
    class: 'exact',
  },
  {
    name: 'a UNIQUE of two columns',
    before: T,
    up: rebuilt(
      "id INTEGER PRIMARY KEY, a TEXT, b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c', UNIQUE (a, c)",
    ),
    class: 'exact',
  },
  {
    name: 'a UNIQUE that goes',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INTEGER, c TEXT, UNIQUE (b, c));',
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT'),
    class: 'exact',
  },
  {
    name: 'another collation',
    before: T,
    up: rebuilt(
      "id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c'",
    ),
    class: 'exact',
  },
  {
    name: 'a new foreign key',
    before: `CREATE TABLE p (id INTEGER PRIMARY KEY); ${T}`,
    up: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, b INTEGER REFERENCES p (id) ON DELETE SET NULL, c TEXT);
      INSERT INTO t_new (id, a, c) SELECT id, a, c FROM t;
      DROP TABLE t; ALTER TABLE t_new RENAME TO t;`,
    class: 'schema-only',
    loses: ['t.b'],
  },
  {
    name: 'a foreign key that goes',
    before: `CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER REFERENCES p (id) ON DELETE CASCADE, c TEXT);`,
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT'),
    class: 'exact',
  },
  {
    name: 'another action of a foreign key',
    before: `CREATE TABLE p (id INTEGER PRIMARY KEY);
      CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER REFERENCES p (id) ON DELETE CASCADE, c TEXT);`,
    up: rebuilt(
      'id INTEGER PRIMARY KEY, a TEXT, b INTEGER REFERENCES p (id) ON DELETE SET NULL ON UPDATE CASCADE, c TEXT',
    ),
    class: 'exact',
  },
  {
    name: 'a foreign key of two columns',
    before: `CREATE TABLE p (x INTEGER, y TEXT, PRIMARY KEY (x, y));
      CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT, FOREIGN KEY (b, c) REFERENCES p (x, y));`,
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT'),
    class: 'exact',
  },
  {
    name: 'another primary key',
    before: T,
    up: rebuilt(
      "id INTEGER NOT NULL, a TEXT, b INTEGER DEFAULT 1, c TEXT NOT NULL DEFAULT 'c', PRIMARY KEY (id, c)",
    ),
    class: 'exact',
  },
  {
    name: 'a primary key that becomes WITHOUT ROWID',
    before: 'CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER, c TEXT);',
    up: `CREATE TABLE t_new (id TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER, c TEXT) WITHOUT ROWID;
      INSERT INTO t_new SELECT * FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;`,
    class: 'exact',
  },
  {
    name: 'a table that is WITHOUT ROWID no more',
    before: 'CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER, c TEXT) WITHOUT ROWID;',
    up: rebuilt('id TEXT PRIMARY KEY NOT NULL, a TEXT, b INTEGER, c TEXT'),
    class: 'exact',
  },
  {
    name: 'a table that is STRICT no more',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c ANY) STRICT;',
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c BLOB'),
    class: 'exact',
  },
  {
    name: 'a type that keeps every value',
    before: T,
    up: rebuilt("id INTEGER PRIMARY KEY, a VARCHAR(20), b BIGINT DEFAULT 1, c TEXT NOT NULL DEFAULT 'c'"),
    class: 'exact',
  },
  {
    name: 'a type that rounds',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c TEXT);',
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT', 'id, a, CAST(b AS INTEGER), c'),
    class: 'schema-only',
    loses: ['t.b'],
  },
  {
    name: 'a BLOB that becomes TEXT',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB, b INTEGER, c TEXT);',
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT'),
    class: 'schema-only',
    loses: ['t.a'],
  },
  {
    name: 'columns in another order',
    before: T,
    up: rebuilt("c TEXT NOT NULL DEFAULT 'c', b INTEGER DEFAULT 1, a TEXT, id INTEGER PRIMARY KEY"),
    class: 'exact',
  },
  {
    name: 'a named constraint',
    before:
      'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT, CONSTRAINT sane CHECK (b IS NOT 13));',
    up: rebuilt('id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c TEXT, CONSTRAINT saner CHECK (b IS NOT 14)'),
    class: 'exact',
  },
];
