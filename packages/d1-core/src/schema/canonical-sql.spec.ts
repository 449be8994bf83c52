import { loadTokenizer, type Tokenize } from '../sql/index.ts';
import { diffSchemas, fingerprint, isSameSql, schemaOf, type Schema } from './index.ts';
import { openMemoryDatabase } from './sqlite.ts';

const TABLE = 'CREATE TABLE Posts (id INTEGER PRIMARY KEY, userId INT, state TEXT)';
const VIEW = 'CREATE VIEW named AS SELECT userId AS "Owner" FROM Posts';

const entry = (sql: string) => {
  const [, type = '', name = ''] = /^CREATE (?:UNIQUE )?(\w+) "?(\w+)/i.exec(sql) ?? [];
  return { type: type.toLowerCase(), name, table: 'Posts', sql };
};

describe('two statements', () => {
  let tokenize: Tokenize;
  let schema: Schema;
  beforeAll(async () => {
    tokenize = await loadTokenizer();
    schema = await schemaOf([TABLE, VIEW].map(entry));
  });
  const isSame = (one: string, other: string) => isSameSql(one, other, tokenize, schema);

  it.each([
    ['CREATE TABLE t (a TEXT)', 'create table "T" ( [a]  text ) -- by hand'],
    ['CREATE TABLE t (key TEXT)', 'CREATE TABLE t ("key" TEXT)'],
    ['CREATE TABLE t (a INT CHECK (a > 0))', 'CREATE TABLE t ("A" INT CHECK ("a" > 0))'],
    ['CREATE TABLE t (a INT REFERENCES Posts (id))', 'CREATE TABLE t (a INT REFERENCES "posts"("ID"))'],
    [
      'CREATE TABLE t (a INT, CONSTRAINT Pk PRIMARY KEY (a))',
      'CREATE TABLE t (a INT, CONSTRAINT "pk" PRIMARY KEY ("A"))',
    ],
    ['CREATE TABLE t (a TEXT DEFAULT true)', 'CREATE TABLE t (a TEXT DEFAULT TRUE)'],
    ['CREATE TABLE t (a TEXT DEFAULT "Draft")', "CREATE TABLE t (a TEXT DEFAULT 'Draft')"],
    ['CREATE TABLE t (a TEXT DEFAULT Draft)', 'CREATE TABLE t (a TEXT DEFAULT "Draft")'],
    ['CREATE INDEX i ON Posts (userId)', 'CREATE INDEX "i" ON "posts" ("UserID")'],
    ['CREATE INDEX i ON Posts (id) WHERE userId = 1', 'CREATE INDEX i ON Posts (id) WHERE "userid" = 1'],
    [
      'CREATE VIEW v AS SELECT userId Total FROM Posts ORDER BY Total',
      'CREATE VIEW v AS SELECT "userid" "total" FROM "posts" ORDER BY "TOTAL"',
    ],
    ['CREATE VIEW v AS SELECT owner FROM named', 'CREATE VIEW v AS SELECT "OWNER" FROM named'],
    [
      'CREATE TRIGGER g AFTER UPDATE OF userId ON Posts BEGIN SELECT new.userId; END',
      'CREATE TRIGGER g AFTER UPDATE OF "USERID" ON "POSTS" BEGIN SELECT NEW."userid"; END',
    ],
  ])('are the same: %s and %s', (one, other) => {
    expect(isSame(one, other)).toBe(true);
  });

  it.each([
    ['CREATE TABLE t (a TEXT DEFAULT "Draft")', 'CREATE TABLE t (a TEXT DEFAULT "draft")'],
    ['CREATE TABLE t (a TEXT DEFAULT Draft)', 'CREATE TABLE t (a TEXT DEFAULT draft)'],
    ['CREATE TABLE t (a TEXT DEFAULT true)', 'CREATE TABLE t (a TEXT DEFAULT "true")'],
    ['CREATE TABLE t ("a b" TEXT)', 'CREATE TABLE t (a b TEXT)'],
    ['CREATE TABLE t (a, "b" TEXT)', 'CREATE TABLE t ("a, b" TEXT)'],
    [
      'CREATE TABLE t (a TEXT CHECK (a IN ("Draft", "Live")))',
      'CREATE TABLE t (a TEXT CHECK (a IN ("draft", "Live")))',
    ],
    ['CREATE TABLE t (a INT CHECK (a <> "null"))', 'CREATE TABLE t (a INT CHECK (a <> null))'],
    [
      'CREATE INDEX i ON Posts (id) WHERE state = "Draft"',
      'CREATE INDEX i ON Posts (id) WHERE state = "draft"',
    ],
    [
      'CREATE VIEW v AS SELECT * FROM Posts WHERE state = "Draft"',
      'CREATE VIEW v AS SELECT * FROM Posts WHERE state = "draft"',
    ],
    [
      'CREATE TRIGGER g AFTER INSERT ON Posts BEGIN UPDATE Posts SET state = "New"; END',
      'CREATE TRIGGER g AFTER INSERT ON Posts BEGIN UPDATE Posts SET state = "new"; END',
    ],
  ])('are not the same: %s and %s', (one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  it('are taken for what SQLite makes of them: a word after DEFAULT is a text', async () => {
    const database = await openMemoryDatabase();
    database.exec('CREATE TABLE t (a DEFAULT Draft, b DEFAULT [Dr aft], c DEFAULT true, d DEFAULT "true")');
    database.exec('INSERT INTO t DEFAULT VALUES');
    expect({ ...database.prepare('SELECT * FROM t').get() }).toEqual({
      a: 'Draft',
      b: 'Dr aft',
      c: 1,
      d: 'true',
    });
    database.close();
  });

  it('make another fingerprint and a difference where a text in double quotes is another', async () => {
    const schemas = ['"Draft"', '"draft"'].map((text) =>
      schemaOf([entry(`CREATE TABLE t (a TEXT DEFAULT ${text})`)]),
    );
    const [one, other] = await Promise.all(schemas);
    if (one === undefined || other === undefined) throw new Error('no schemas');
    expect(fingerprint(one, tokenize)).not.toBe(fingerprint(other, tokenize));
    expect(diffSchemas(one, other, tokenize)).toMatchObject([
      { change: 'changed', name: 't', details: ['column a DEFAULT "draft"'] },
    ]);
  });
});
