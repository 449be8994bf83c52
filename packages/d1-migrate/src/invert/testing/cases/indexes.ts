import type { ReversibilityCase } from './case.ts';

const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, at TEXT);';
const single = (name: string, sql: string): ReversibilityCase => ({
  name,
  before: T,
  up: sql,
  class: 'exact',
});

export const indexCases: readonly ReversibilityCase[] = [
  single('a plain index', 'CREATE INDEX i ON t (a);'),
  single('a unique index', 'CREATE UNIQUE INDEX i ON t (a, b);'),
  single('a partial index', "CREATE INDEX i ON t (a) WHERE b IS NOT NULL AND at > '2020';"),
  single('a partial unique index', 'CREATE UNIQUE INDEX i ON t (a) WHERE at IS NULL;'),
  single('an index on an expression', "CREATE INDEX i ON t (lower(a), substr(b, 1, 3), (a || '-' || b));"),
  {
    name: 'an index on JSON',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, data TEXT);',
    up: "CREATE INDEX i ON t (json_extract(data, '$.x'));",
    class: 'exact',
  },
  single(
    'an index with collations and orders',
    'CREATE INDEX i ON t (a COLLATE NOCASE DESC, b COLLATE RTRIM ASC);',
  ),
  single('IF NOT EXISTS of a new index', 'CREATE INDEX IF NOT EXISTS i ON t (a);'),
  {
    name: 'IF NOT EXISTS of an index that is there',
    before: `${T} CREATE INDEX i ON t (a);`,
    up: 'CREATE INDEX IF NOT EXISTS i ON t (b);',
    class: 'exact',
  },
  {
    name: 'dropped indexes of every kind',
    before: `${T} CREATE INDEX i1 ON t (a); CREATE UNIQUE INDEX i2 ON t (b) WHERE a = 'x'; CREATE INDEX i3 ON t (upper(a));`,
    up: 'DROP INDEX i1; DROP INDEX i2; DROP INDEX i3;',
    class: 'exact',
  },
  {
    name: 'an index on a column that is dropped',
    before: `${T} CREATE INDEX i ON t (b);`,
    up: 'DROP INDEX i; ALTER TABLE t DROP COLUMN b;',
    class: 'schema-only',
    loses: ['t.b'],
  },
  {
    name: 'an index on a column that is renamed',
    before: `${T} CREATE INDEX i ON t (b) WHERE b <> '';`,
    up: 'ALTER TABLE t RENAME COLUMN b TO c;',
    class: 'exact',
  },
  {
    name: 'an index that moves to another table',
    before: `${T} CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX i ON t (a);`,
    up: 'DROP INDEX i; CREATE INDEX i ON u (a);',
    class: 'exact',
  },
  { name: 'statistics', before: `${T} CREATE INDEX i ON t (a);`, up: 'ANALYZE;', class: 'exact' },
  {
    name: 'a REINDEX and a PRAGMA',
    before: `${T} CREATE INDEX i ON t (a);`,
    up: 'REINDEX t; PRAGMA optimize; PRAGMA foreign_key_check;',
    class: 'exact',
  },
];
