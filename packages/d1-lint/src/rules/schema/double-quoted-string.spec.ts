import { databasePool } from '../../testing/database-pool.ts';
import { fixedBy, helpsOf, textsFound } from '../../testing/one-rule.ts';

const pool = databasePool();
afterAll(() => pool.close());

/** The rows that the last statement gives on D1. */
async function onD1(...statements: readonly string[]): Promise<readonly unknown[]> {
  const database = await pool.take();
  return (await database.batch(statements)).at(-1) ?? [];
}

const posts = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, "user id" INT, state TEXT);';
const users = 'CREATE TABLE "Users" ("id" INTEGER PRIMARY KEY, "Name" TEXT);';

describe('schema/double-quoted-string', () => {
  const rule = 'schema/double-quoted-string';

  it.each([
    ['a column of the table, in any case', `${posts}CREATE INDEX i ON posts ("STATE") WHERE "User Id" > 1;`],
    ['the rowid', `${posts}UPDATE posts SET state = 'x' WHERE "rowid" = 1;`],
    ['the name of a result', `${posts}CREATE VIEW v AS SELECT state AS "S" FROM posts ORDER BY "S";`],
    ['a column of a subquery', `${posts}SELECT "n" FROM (SELECT count(*) AS n FROM posts);`],
    ['a result without a name', `${posts}SELECT "count(*)" FROM (SELECT count(*) FROM posts);`],
    ['a column of a CTE', `${posts}WITH c ("k") AS (SELECT 1) SELECT "k" FROM c;`],
    ['a column of a view', `${posts}CREATE VIEW v (a) AS SELECT id FROM posts;SELECT "a" FROM v;`],
    ['a column of a function', `${posts}SELECT "value" FROM posts, json_each('[1]');`],
    [
      'a column of an outer query',
      `${users}${posts}DELETE FROM posts WHERE EXISTS (SELECT 1 FROM "Users" WHERE "Name" = "state");`,
    ],
    [
      'a column of the parent in a foreign key',
      `${users}CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES "Users" ("id"));`,
    ],
    [
      'a column after excluded',
      `${users}INSERT INTO "Users" ("id") VALUES (1) ON CONFLICT ("id") DO UPDATE SET "Name" = "excluded"."Name";`,
    ],
    [
      'a column of a new row',
      `${users}CREATE TRIGGER t AFTER UPDATE OF "Name" ON "Users" WHEN new."Name" = 'x' BEGIN UPDATE "Users" SET "Name" = old."Name" WHERE "id" = new."id"; END;`,
    ],
    [
      'a column in another quote',
      `${posts}UPDATE posts SET state = 'x' WHERE \`state\` = 'y' OR [user id] = 1;`,
    ],
    [
      'a column that the statement adds',
      `${posts}ALTER TABLE posts ADD COLUMN "kind" TEXT CHECK ("kind" <> 'x');`,
    ],
    [
      'a column with the name of its table',
      'CREATE TABLE `n` (`age` integer, CONSTRAINT "c" CHECK("n"."age" > 21));',
    ],
    ['in a statement that fails', `${posts}SELECT "x" FROM nothing;`],
  ])('is content with %s', async (_, sql) => {
    expect(await textsFound(sql, rule)).toEqual([]);
  });

  it.each([
    [
      `CREATE TABLE t (a TEXT DEFAULT "x", b TEXT CHECK (b IN ("y", 'z')), CHECK (a <> "w"));`,
      ['"x"', '"y"', '"w"'],
    ],
    [`${posts}CREATE INDEX i ON posts ("sate");`, ['"sate"']],
    [`${posts}CREATE INDEX i ON posts (id) WHERE state = "open";`, ['"open"']],
    [`${posts}CREATE TRIGGER t BEFORE DELETE ON posts BEGIN SELECT RAISE(ABORT, "no"); END;`, ['"no"']],
    [`${posts}CREATE VIEW v AS SELECT "all" AS kind FROM posts;`, ['"all"']],
    [`${posts}INSERT INTO posts (state) VALUES ("new");`, ['"new"']],
    [`${posts}WITH n (i) AS (SELECT 1) INSERT INTO posts (id, state) SELECT "i", "new" FROM n;`, ['"new"']],
    [`${posts}ALTER TABLE posts ADD COLUMN kind TEXT DEFAULT "none";`, ['"none"']],
  ])('finds the texts of %s', async (sql, texts) => {
    expect(await textsFound(sql, rule)).toEqual(texts);
  });

  it('leaves copies to data/copy-unknown-quoted-column', async () => {
    const copy = `${posts}INSERT INTO posts (id, state) SELECT id, "stat" FROM posts WHERE state = "x";`;
    expect(await textsFound(copy, rule)).toEqual(['"x"']);
  });

  it('proposes a column with a name that is near, and then fixes nothing by itself', async () => {
    const sql = `${posts}UPDATE posts SET state = 'x' WHERE "sate" = 'y';`;
    expect(await helpsOf(sql, rule)).toEqual([
      "Did you mean the column state? A text is written in single quotes: 'sate'.",
    ]);
    expect(await fixedBy(sql, rule)).toBe(sql);
  });

  it('fixes the last file alone: the others may be applied', async () => {
    const definition = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT "it's");`;
    expect(await fixedBy(definition, rule)).toBe(definition.replace(`"it's"`, "'it''s'"));
    const files = {
      '0001_t.sql': definition,
      '0002_t.sql': 'UPDATE t SET a = "b";',
      '0003_t.sql': 'SELECT 1;',
    };
    expect(await fixedBy(files, rule)).toBe(Object.values(files).join('\n'));
  });

  it('tells the truth: D1 takes them for texts, and indexes one of them', async () => {
    const table = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT "x" CHECK (a IN ("x", "y")))';
    const rows = await onD1(
      table,
      'CREATE INDEX i ON t ("nope")',
      'INSERT INTO t (id) VALUES (1)',
      'SELECT a, "b" FROM t',
    );
    expect(rows.map((row) => Object.values(Object(row)))).toEqual([['x', 'b']]);
  });
});
