import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';
import { fixedBy, helpsOf, textsFound } from '../../testing/one-rule.ts';

const pool = databasePool();
afterAll(() => pool.close());

const strict = { preset: 'strict' } as const;

/** The rows that the last statement gives on D1. */
async function onD1(...statements: readonly string[]): Promise<readonly unknown[]> {
  const database = await pool.take();
  return (await database.batch(statements)).at(-1) ?? [];
}

const posts = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, "user id" INT, state TEXT);';
const users = 'CREATE TABLE "Users" ("id" INTEGER PRIMARY KEY, "Name" TEXT);';

describe('schema/suspicious-affinity', () => {
  const rule = 'schema/suspicious-affinity';

  it.each([
    'TEXT',
    'VARCHAR(20)',
    'NVARCHAR(20)',
    'CHARACTER VARYING(5)',
    'CLOB',
    'INTEGER',
    'BIGINT',
    'UNSIGNED BIG INT',
    'REAL',
    'DOUBLE PRECISION',
    'FLOAT',
    'NUMERIC',
    'DECIMAL(10, 2)',
    'NUMBER',
    'BOOLEAN',
    'DATE',
    'DATETIME',
    'TIMESTAMP',
    'TIME',
    'JSON',
    'JSONB',
    'UUID',
    'BLOB',
    'text',
    'MONEY',
    'BIT',
    'ANY',
    '',
  ])('is content with %s', async (type) => {
    expect(await textsFound(`CREATE TABLE t (id INTEGER PRIMARY KEY, a ${type});`, rule)).toEqual([]);
  });

  it.each(['STRING', 'string(20)', 'STR', 'TXET', 'VARCAHR(20)', 'FLOATING POINT', 'BOLB'])(
    'finds %s',
    async (type) => {
      expect(
        await textsFound(`CREATE TABLE t (id INTEGER PRIMARY KEY, "my a" ${type} NOT NULL);`, rule),
      ).toEqual([type]);
    },
  );

  it('writes TEXT for STRING in the last file, and leaves what is misspelt to its author', async () => {
    const sql = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a STRING(20) NOT NULL, b TXET);';
    expect(await fixedBy(sql, rule)).toBe(sql.replace('STRING(20)', 'TEXT'));
    const files = { '0001_t.sql': sql, '0002_t.sql': 'SELECT 1;' };
    expect(await fixedBy(files, rule)).toBe(`${sql}\nSELECT 1;`);
  });

  it('tells the truth: D1 makes a number of a text in a STRING column', async () => {
    const rows = await onD1('CREATE TABLE t (a STRING)', "INSERT INTO t VALUES ('007')", 'SELECT a FROM t');
    expect(rows).toEqual([{ a: 7 }]);
  });
});

describe('the rules of primary keys', () => {
  it.each([
    ['schema/nullable-primary-key', 'id INTEGER PRIMARY KEY', ''],
    ['schema/nullable-primary-key', 'id TEXT PRIMARY KEY NOT NULL', ''],
    ['schema/nullable-primary-key', '"ID" text NOT NULL, PRIMARY KEY ("id")', ''],
    ['schema/nullable-primary-key', 'id TEXT PRIMARY KEY', 'STRICT'],
    ['schema/nullable-primary-key', 'id TEXT PRIMARY KEY', 'WITHOUT ROWID'],
    ['schema/nullable-primary-key', 'id INT PRIMARY KEY', ''],
    ['schema/int-primary-key', '"id" integer PRIMARY KEY NOT NULL', ''],
    ['schema/int-primary-key', 'id INTEGER NOT NULL, PRIMARY KEY (id)', ''],
    ['schema/int-primary-key', 'id INTEGER PRIMARY KEY AUTOINCREMENT', ''],
    ['schema/int-primary-key', 'id INT PRIMARY KEY', 'WITHOUT ROWID'],
    ['schema/int-primary-key', 'a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)', ''],
    ['schema/int-primary-key', 'id TEXT PRIMARY KEY', ''],
    ['schema/require-primary-key', 'a INT NOT NULL UNIQUE', ''],
  ])('%s is content with (%s) %s', async (rule, columns, options) => {
    expect(await textsFound(`CREATE TABLE t (${columns}) ${options};`, rule)).toEqual([]);
  });

  it.each([
    ['schema/nullable-primary-key', 'a TEXT, b INT, PRIMARY KEY (a, b)', ['a', 'b']],
    ['schema/int-primary-key', 'id INTEGER PRIMARY KEY DESC', ['INTEGER']],
    ['schema/int-primary-key', 'id UNSIGNED BIG INT, PRIMARY KEY (id)', ['UNSIGNED BIG INT']],
    ['schema/require-primary-key', 'a INT UNIQUE', ['t']],
  ])('%s finds (%s)', async (rule, columns, texts) => {
    expect(await textsFound(`CREATE TABLE t (${columns});`, rule)).toEqual(texts);
  });

  it('mean the table by the name that a rebuild gives it, and none that the file drops again', async () => {
    const { findings } = await lintExample(
      'CREATE TABLE `__new_users` (`id` TEXT PRIMARY KEY);--> statement-breakpoint\n' +
        `ALTER TABLE __new_users RENAME TO users;
CREATE TABLE tags (id TEXT PRIMARY KEY);
CREATE TABLE t (a INT); DROP TABLE t;`,
    );
    expect(findings.filter(({ rule }) => rule.startsWith('schema/')).map(({ message }) => message)).toEqual([
      'users.id is the primary key and may be NULL, in any number of rows. Drizzle Kit 1.0 generates this.',
      'tags.id is the primary key and may be NULL, in any number of rows.',
    ]);
  });

  it('leave alone what CREATE TABLE IF NOT EXISTS finds there, virtual tables, and tables made by a query', async () => {
    const sql = `${posts}CREATE TABLE IF NOT EXISTS posts (a INT);
CREATE VIRTUAL TABLE search USING fts5 (title);
CREATE TABLE copy AS SELECT * FROM posts;`;
    expect(await textsFound(sql, 'schema/require-primary-key')).toEqual([]);
  });

  it('tell the truth: D1 takes NULL twice, and gives INT PRIMARY KEY an index', async () => {
    const two = 'INSERT INTO t (id) VALUES (NULL), (NULL)';
    expect(await onD1('CREATE TABLE t (id TEXT PRIMARY KEY)', two, 'SELECT count(*) AS n FROM t')).toEqual([
      { n: 2 },
    ]);
    const indexes = await onD1(
      'CREATE TABLE t (id INT PRIMARY KEY)',
      two,
      "SELECT count(*) AS n FROM pragma_index_list('t')",
    );
    expect(indexes).toEqual([{ n: 1 }]);
  });
});

describe('schema/without-rowid', () => {
  it.each(['WITHOUT ROWID', 'STRICT, WITHOUT ROWID', 'without rowid , STRICT'])(
    'finds %s, and can leave it out',
    async (options) => {
      const sql = `CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL) ${options};`;
      const { findings } = await lintExample(sql, { rules: { 'schema/without-rowid': 'error' } });
      const [finding, ...others] = findings;
      expect(others).toEqual([]);
      expect(sql.slice(finding?.range.start, finding?.range.end).toUpperCase()).toBe('WITHOUT ROWID');
      const [edit] = finding?.fix?.edits ?? [];
      const left = sql.slice(0, edit?.start) + sql.slice(edit?.end);
      expect(left).toMatch(/^CREATE TABLE t \(id TEXT PRIMARY KEY NOT NULL\)( STRICT)?;$/);
      expect((await lintExample(left)).findings).toEqual([]);
    },
  );
});

describe('schema/redundant-index', () => {
  const rule = 'schema/redundant-index';
  const table = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT UNIQUE);';

  it.each([
    ['orders of their own', 'CREATE INDEX i ON t (a); CREATE INDEX j ON t (a DESC, b);'],
    ['collations of their own', 'CREATE INDEX i ON t (a); CREATE INDEX j ON t (a COLLATE NOCASE, b);'],
    [
      'a collation that a UNIQUE has',
      'CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT, UNIQUE (a COLLATE NOCASE)); CREATE INDEX i ON u (a);',
    ],
    ['a WHERE', 'CREATE INDEX i ON t (a) WHERE b IS NULL; CREATE INDEX j ON t (a);'],
    ['expressions', 'CREATE INDEX i ON t (lower(a)); CREATE INDEX j ON t (lower(a), b);'],
    ['a UNIQUE of fewer columns', 'CREATE UNIQUE INDEX i ON t (a); CREATE INDEX j ON t (a, b);'],
    [
      'other tables',
      'CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT); CREATE INDEX i ON t (a); CREATE INDEX j ON u (a, id);',
    ],
    ['an index that is dropped', 'CREATE INDEX i ON t (a); DROP INDEX i; CREATE INDEX j ON t (a, b);'],
    ['an index that is created twice', 'CREATE INDEX i ON t (a); CREATE INDEX IF NOT EXISTS i ON t (a);'],
    ['one that keeps another order of columns', 'CREATE INDEX i ON t (a, b); CREATE INDEX j ON t (b, a);'],
  ])('is content with %s', async (_, sql) => {
    expect(await textsFound(table + sql, rule)).toEqual([]);
  });

  it('reports one of two equal ones, once', async () => {
    expect(
      await textsFound(`${table}CREATE INDEX i ON t (a); CREATE INDEX j ON t ("A");`, rule),
    ).toHaveLength(1);
    expect(await textsFound(`${table}CREATE UNIQUE INDEX i ON t (c);`, rule)).toEqual(['i']);
  });

  it('proposes to drop the old index that a new one replaces', async () => {
    const files = {
      '0001_t.sql': `${table}CREATE INDEX i ON t (a);`,
      '0002_i.sql': 'CREATE INDEX j ON t (a, b);',
    };
    expect(await textsFound(files, rule)).toEqual(['j']);
    expect(await helpsOf(files, rule)).toEqual(['Drop it:\nDROP INDEX i;']);
    const done = { ...files, '0002_i.sql': 'CREATE INDEX j ON t (a, b); DROP INDEX i;' };
    expect((await lintExample(done)).findings).toEqual([]);
  });
});

describe('schema/view-select-star', () => {
  const rule = 'schema/view-select-star';

  it.each([
    ['a star inside of it', 'SELECT id FROM (SELECT * FROM posts)'],
    ['a star of a subquery', 'SELECT * FROM (SELECT id, state FROM posts)'],
    ['a star of a CTE', 'WITH c AS (SELECT id FROM posts) SELECT * FROM c'],
    ['count(*)', 'SELECT count(*) AS n, id * 2 AS m FROM posts'],
    ['EXISTS', 'SELECT id FROM posts WHERE EXISTS (SELECT * FROM posts)'],
  ])('is content with %s', async (_, query) => {
    expect(await textsFound(`${posts}CREATE VIEW v AS ${query};`, rule)).toEqual([]);
  });

  it('points to each star, and names the columns where there is one table', async () => {
    const join = `${users}${posts}CREATE VIEW v AS SELECT DISTINCT p.*, u.id * 2 AS n, u.* FROM posts AS p JOIN "Users" AS u;`;
    expect(await textsFound(join, rule)).toEqual(['*', '*']);
    expect(await fixedBy(join, rule)).toBe(join);
    const compound = `${posts}CREATE VIEW v AS SELECT * FROM posts UNION ALL SELECT * FROM posts;`;
    expect(await fixedBy(compound, rule)).toBe(compound.replaceAll('*', 'id, "user id", state'));
  });

  it('takes a chain of thousands of SELECTs', async () => {
    const chain = Array.from({ length: 6000 }, () => 'SELECT 1').join(' UNION ');
    expect(await textsFound(`CREATE VIEW v AS ${chain};`, rule)).toEqual([]);
  });

  it('tells the truth: a column that is added appears in the view', async () => {
    const rows = await onD1(
      'CREATE TABLE t (a INT)',
      'CREATE VIEW v AS SELECT * FROM t',
      'ALTER TABLE t ADD COLUMN b INT',
      'INSERT INTO t VALUES (1, 2)',
      'SELECT * FROM v',
    );
    expect(rows).toEqual([{ a: 1, b: 2 }]);
  });
});

describe('schema/int64-precision', () => {
  const rule = 'schema/int64-precision';
  const table = 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b);';

  it.each([
    'INSERT INTO t (id) VALUES (9007199254740992);',
    'INSERT INTO t (id, a) VALUES (1, 1234567890123456789);',
    "INSERT INTO t (id, b) VALUES (1, '1234567890123456789');",
    'INSERT INTO t (id, b) VALUES (1, 1.5e300);',
    'INSERT INTO t (id, b) VALUES (1, 0x7fffffffffffffff);',
    'DELETE FROM t WHERE id = 1234567890123456789;',
  ])('is content with %s', async (sql) => {
    expect(await textsFound(table + sql, rule)).toEqual([]);
  });

  it('reports a column once in a statement, negative numbers too', async () => {
    const sql = `${table}INSERT INTO t VALUES (1, 'a', -1234567890123456789), (2, 'b', 9007199254740993);`;
    expect(await textsFound(sql, rule)).toEqual(['1234567890123456789']);
  });

  it('tells the truth: D1 gives another number', async () => {
    const rows = await onD1(
      'CREATE TABLE t (a)',
      'INSERT INTO t VALUES (1234567890123456789)',
      'SELECT a FROM t',
    );
    expect(rows.map((row) => Object.values(Object(row)).map(String))).not.toEqual([['1234567890123456789']]);
  });
});

describe('what generators write', () => {
  it('is named where the type is theirs', async () => {
    const prisma = `-- CreateTable
CREATE TABLE "User" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "on" BOOLEAN NOT NULL
);`;
    const { findings } = await lintExample(prisma, strict);
    const sentences = findings
      .map(({ message }) => /Prisma .*$/.exec(message)?.[0])
      .filter((one) => one !== undefined);
    expect(sentences).toEqual(['Prisma generates this for BigInt.', 'Prisma generates this for DateTime.']);
  });

  it('gives an index instead of a primary key to a table between two others, and that is enough', async () => {
    const prisma = `-- CreateTable
CREATE TABLE "_PostToTag" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");

-- CreateIndex
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag"("B");`;
    expect((await lintExample(prisma)).findings).toEqual([]);
  });
});

describe('schema/check-with-function, and the rules of types', () => {
  it('find the columns that ADD COLUMN brings', async () => {
    const added = (definition: string) => `${posts}ALTER TABLE posts ADD COLUMN ${definition};`;
    expect(
      await textsFound(
        added("a TEXT DEFAULT 'x' CHECK (a LIKE 'x%' AND length(a) > 0)"),
        'schema/check-with-function',
      ),
    ).toEqual(['length']);
    expect(await textsFound(added('b DATETIME'), 'schema/datetime-storage')).toEqual(['DATETIME']);
    expect(await textsFound(added('c STRING'), 'schema/suspicious-affinity')).toEqual(['STRING']);
  });
});
