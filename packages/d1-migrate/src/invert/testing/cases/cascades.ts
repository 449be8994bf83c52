import type { ReversibilityCase } from './case.ts';

const P = 'CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);';
const rebuildOfP = `CREATE TABLE p_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
  INSERT INTO p_new (id, a) SELECT id, a FROM p; DROP TABLE p; ALTER TABLE p_new RENAME TO p;`;

export const cascadeCases: readonly ReversibilityCase[] = [
  {
    name: 'a rebuild that deletes the rows of a child',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);`,
    up: rebuildOfP,
    class: 'schema-only',
    loses: ['c'],
  },
  {
    name: 'a rebuild that deletes the rows of a child and a grandchild',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);
      CREATE TABLE d (id INTEGER PRIMARY KEY, c INTEGER NOT NULL REFERENCES c (id) ON DELETE CASCADE);`,
    up: rebuildOfP,
    class: 'schema-only',
    loses: ['c', 'd'],
  },
  {
    name: 'a rebuild that empties the column of a child',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE SET NULL, n TEXT);`,
    up: rebuildOfP,
    class: 'schema-only',
    loses: ['c.p'],
  },
  {
    name: 'a rebuild that gives the column of a child its default',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER DEFAULT NULL REFERENCES p (id) ON DELETE SET DEFAULT);`,
    up: rebuildOfP,
    class: 'schema-only',
    loses: ['c.p'],
  },
  {
    name: 'a dropped child and a dropped parent',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);`,
    up: 'DROP TABLE c; DROP TABLE p;',
    class: 'schema-only',
    loses: ['p', 'c'],
  },
  {
    name: 'a rebuild of a table that references itself',
    before:
      'CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id) ON DELETE SET NULL, n TEXT);',
    up: `CREATE TABLE tree_new (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree_new (id) ON DELETE SET NULL, n TEXT NOT NULL);
      INSERT INTO tree_new (id, up, n) SELECT id, up, n FROM tree;
      DROP TABLE tree; ALTER TABLE tree_new RENAME TO tree;`,
    class: 'exact',
  },
  {
    name: 'a rebuild of a table in a circle, with both tables',
    before: `CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id) ON DELETE CASCADE);
      CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id) ON DELETE SET NULL);`,
    up: `PRAGMA defer_foreign_keys = ON;
      CREATE TABLE a_new (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b_new (id) ON DELETE CASCADE, n TEXT);
      CREATE TABLE b_new (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a_new (id) ON DELETE SET NULL);
      INSERT INTO a_new (id, b) SELECT id, b FROM a; INSERT INTO b_new (id, a) SELECT id, a FROM b;
      DROP TABLE b; DROP TABLE a;
      ALTER TABLE a_new RENAME TO a; ALTER TABLE b_new RENAME TO b;`,
    class: 'exact',
  },
  {
    name: 'a child whose reference goes first',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);`,
    up: `CREATE TABLE c_new (id INTEGER PRIMARY KEY, p INTEGER);
      INSERT INTO c_new (id, p) SELECT id, p FROM c; DROP TABLE c; ALTER TABLE c_new RENAME TO c;
      ${rebuildOfP}`,
    class: 'exact',
  },
  {
    name: 'children that are kept aside and put back',
    before: `${P} CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);`,
    up: `CREATE TABLE keep_c AS SELECT * FROM c; ${rebuildOfP}
      INSERT INTO c (id, p) SELECT id, p FROM keep_c; DROP TABLE keep_c;`,
    class: 'irreversible',
  },
];
