import type { ReversibilityCase } from './case.ts';

const G = `CREATE TABLE g (id INTEGER PRIMARY KEY, a TEXT, b INTEGER,
  loud TEXT GENERATED ALWAYS AS (upper(a)) VIRTUAL, twice INTEGER AS (b * 2) STORED);`;

export const generatedCases: readonly ReversibilityCase[] = [
  { name: 'a new table with generated columns', before: '', up: G, class: 'exact' },
  {
    name: 'a dropped table with generated columns',
    before: G,
    up: 'DROP TABLE g;',
    class: 'schema-only',
    loses: ['g'],
  },
  {
    name: 'a renamed column that a generated one is made of',
    before: G,
    up: 'ALTER TABLE g RENAME COLUMN a TO name;',
    class: 'exact',
  },
  { name: 'a dropped VIRTUAL column', before: G, up: 'ALTER TABLE g DROP COLUMN loud;', class: 'exact' },
  {
    name: 'an index on a generated column',
    before: G,
    up: 'CREATE INDEX g_loud ON g (loud);',
    class: 'exact',
  },
  {
    name: 'an added generated column with an index',
    before: 'CREATE TABLE g (id INTEGER PRIMARY KEY, data TEXT);',
    up: `ALTER TABLE g ADD COLUMN kind TEXT AS (data ->> '$.kind') VIRTUAL; CREATE INDEX g_kind ON g (kind);`,
    class: 'exact',
  },
  {
    name: 'a rebuild that makes a generated column an ordinary one',
    before: G,
    up: `CREATE TABLE g_new (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, loud TEXT);
      INSERT INTO g_new (id, a, b, loud) SELECT id, a, b, loud FROM g;
      DROP TABLE g; ALTER TABLE g_new RENAME TO g;`,
    class: 'exact',
  },
  {
    name: 'a rebuild that makes an ordinary column a generated one',
    before: 'CREATE TABLE g (id INTEGER PRIMARY KEY, a TEXT, loud TEXT);',
    up: `CREATE TABLE g_new (id INTEGER PRIMARY KEY, a TEXT, loud TEXT AS (upper(a)) VIRTUAL);
      INSERT INTO g_new (id, a) SELECT id, a FROM g;
      DROP TABLE g; ALTER TABLE g_new RENAME TO g;`,
    class: 'schema-only',
    loses: ['g.loud'],
  },
  {
    name: 'another expression',
    before: G,
    up: `CREATE TABLE g_new (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, loud TEXT AS (lower(a)) STORED);
      INSERT INTO g_new (id, a, b) SELECT id, a, b FROM g;
      DROP TABLE g; ALTER TABLE g_new RENAME TO g;`,
    class: 'exact',
  },
];
