import type { ReversibilityCase } from './case.ts';

const ODD =
  `CREATE TABLE "order" ("group" INTEGER PRIMARY KEY, "a b" TEXT, [x]]y] TEXT, \`q"\` INTEGER);`.replace(
    ']]',
    '',
  );

export const nameCases: readonly ReversibilityCase[] = [
  { name: 'a table and columns that are words of SQL', before: '', up: ODD, class: 'exact' },
  {
    name: 'a dropped column with a space in its name',
    before: ODD,
    up: 'ALTER TABLE "order" DROP COLUMN "a b";',
    class: 'schema-only',
    loses: ['order.a b'],
  },
  {
    name: 'a renamed column with a quote in its name',
    before: ODD,
    up: 'ALTER TABLE "order" RENAME COLUMN "q""" TO plain;',
    class: 'exact',
  },
  {
    name: 'a renamed table that is a word of SQL',
    before: ODD,
    up: 'ALTER TABLE "order" RENAME TO "select";',
    class: 'exact',
  },
  {
    name: 'an index on columns that are words of SQL',
    before: ODD,
    up: 'CREATE INDEX "index" ON "order" ("a b", "group" DESC);',
    class: 'exact',
  },
  {
    name: 'names of other alphabets',
    before: '',
    up: 'CREATE TABLE größe (id INTEGER PRIMARY KEY, 名前 TEXT); CREATE INDEX größe_名前 ON größe (名前);',
    class: 'exact',
  },
  {
    name: 'a column whose case changes',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);',
    up: 'ALTER TABLE t RENAME COLUMN name TO x; ALTER TABLE t RENAME COLUMN x TO Name;',
    class: 'exact',
  },
  {
    name: 'IF EXISTS of what is not there',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY);',
    up: 'DROP TABLE IF EXISTS absent; DROP INDEX IF EXISTS absent; DROP VIEW IF EXISTS absent; DROP TRIGGER IF EXISTS absent;',
    class: 'exact',
  },
  {
    name: 'comments inside of definitions',
    before: '',
    up: 'CREATE TABLE t ( -- a table\n id INTEGER PRIMARY KEY, /* the key */ a TEXT -- the a, with a comma\n);',
    class: 'exact',
  },
  {
    name: 'text that looks like SQL',
    before: '',
    up: "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'DROP TABLE t; --'); CREATE VIEW v AS SELECT ';' AS x FROM t;",
    class: 'exact',
  },
];
