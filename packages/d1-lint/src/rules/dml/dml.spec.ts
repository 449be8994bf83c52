import { applyEdits } from '../../engine/edits.ts';
import type { Example } from '../../engine/rule.ts';
import { databasePool } from '../../testing/database-pool.ts';
import { exampleFiles, lintExample } from '../../testing/examples.ts';

const pool = databasePool();
afterAll(() => pool.close());

const tables =
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE TABLE u (id INTEGER PRIMARY KEY);';

/** The findings of one rule on a statement after the tables, with the text that each is about. */
async function find(rule: string, sql: string) {
  const example: Example = { '0001_tables.sql': tables, '0002_dml.sql': sql };
  const { findings } = await lintExample(example, { preset: 'strict' });
  const text = exampleFiles(example)[1]?.text ?? '';
  return findings
    .filter((finding) => finding.rule === rule)
    .map((finding) => ({ ...finding, at: text.slice(finding.range.start, finding.range.end) }));
}

async function places(rule: string, sql: string): Promise<readonly string[]> {
  return (await find(rule, sql)).map(({ at }) => at);
}

async function fixed(rule: string, sql: string): Promise<string> {
  const findings = await find(rule, sql);
  return applyEdits(
    sql,
    findings.flatMap(({ fix }) => fix?.edits ?? []),
  );
}

describe('dml/null-comparison', () => {
  const rule = 'dml/null-comparison';

  it.each([
    ['an assignment', 'UPDATE t SET a = NULL, b=null WHERE id = 1;'],
    ['IS NULL, a default and a text', 'SELECT id FROM t WHERE a IS NULL OR a = \'NULL\' OR b <> "NULL";'],
    ['an upsert', 'INSERT INTO t (id) VALUES (1) ON CONFLICT DO UPDATE SET a = NULL;'],
    ['a trigger that assigns', 'CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = NULL; END;'],
    ['a comment', 'SELECT id /* a = NULL */ FROM t WHERE a = /* NULL */ b; -- a = NULL'],
  ])('takes no offence at %s', async (_, sql) => {
    expect(await places(rule, sql)).toEqual([]);
  });

  it.each([
    ['SELECT id FROM t WHERE a=NULL;', 'SELECT id FROM t WHERE a IS NULL;'],
    ['SELECT id FROM t WHERE NULL <> a;', 'SELECT id FROM t WHERE NULL IS NOT a;'],
    ['SELECT id FROM t WHERE lower(a) != null;', 'SELECT id FROM t WHERE lower(a) IS NOT null;'],
    ['SELECT id FROM t WHERE b == NULL;', 'SELECT id FROM t WHERE b IS NULL;'],
    ['UPDATE t SET a = NULL = b;', 'UPDATE t SET a = NULL IS b;'],
    ['UPDATE t SET "a" = (b = NULL), b = NULL;', 'UPDATE t SET "a" = (b IS NULL), b = NULL;'],
    [
      'CREATE TABLE n (id INTEGER PRIMARY KEY, a INT CHECK (a <> NULL));',
      'CREATE TABLE n (id INTEGER PRIMARY KEY, a INT CHECK (a IS NOT NULL));',
    ],
  ])('turns %s into %s', async (sql, expected) => {
    expect(await fixed(rule, sql)).toBe(expected);
  });

  it('finds the place after characters outside the basic plane', async () => {
    expect(await places(rule, "SELECT '🙂' FROM t WHERE a = NULL;")).toEqual(['=']);
  });
});

describe('dml/insert-without-columns', () => {
  const rule = 'dml/insert-without-columns';

  it.each([
    ['names its columns', 'INSERT INTO t (id, a, b) VALUES (1, 2, 3);'],
    ['takes the defaults', 'INSERT INTO t DEFAULT VALUES;'],
    ['copies with a star', 'INSERT INTO t SELECT * FROM t;'],
    ['fills a table that nobody knows', 'INSERT INTO nothing VALUES (1);'],
    ['fills a virtual table', 'CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES (1);'],
  ])('takes no offence at an INSERT that %s', async (_, sql) => {
    expect(await places(rule, sql)).toEqual([]);
  });

  it.each([
    ["INSERT INTO main.t VALUES (1, 'x', NULL);", "INSERT INTO main.t (id, a, b) VALUES (1, 'x', NULL);"],
    ['REPLACE INTO "T" VALUES (1, 2, 3);', 'REPLACE INTO "T" (id, a, b) VALUES (1, 2, 3);'],
    [
      'INSERT INTO t AS x VALUES (1, 2, 3) ON CONFLICT DO UPDATE SET a = x.a;',
      'INSERT INTO t AS x (id, a, b) VALUES (1, 2, 3) ON CONFLICT DO UPDATE SET a = x.a;',
    ],
    [
      'INSERT INTO t WITH w AS (SELECT 1) SELECT id, 1, 2 FROM u;',
      'INSERT INTO t (id, a, b) WITH w AS (SELECT 1) SELECT id, 1, 2 FROM u;',
    ],
    [
      'CREATE TABLE g (id INTEGER PRIMARY KEY, "order" INT, twice INT AS ("order" * 2)); INSERT INTO g VALUES (1, 2);',
      'CREATE TABLE g (id INTEGER PRIMARY KEY, "order" INT, twice INT AS ("order" * 2)); INSERT INTO g (id, "order") VALUES (1, 2);',
    ],
  ])('turns %s into %s', async (sql, expected) => {
    expect(await fixed(rule, sql)).toBe(expected);
  });

  it('writes the same rows after its fix', async () => {
    const sql = "INSERT INTO t VALUES (1, 'x', NULL), (2, 'y', 'z')";
    const rows = async (insert: string) => {
      const database = await pool.take();
      await database.batch(tables.split(';').slice(0, 2));
      return (await database.batch([insert, 'SELECT * FROM t'])).at(-1);
    };
    expect(await rows(await fixed(rule, sql))).toEqual(await rows(sql));
  });

  it('does not change a trigger on its own', async () => {
    const [finding] = await find(
      rule,
      'CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT INTO t VALUES (1, 2, 3); END;',
    );
    expect([finding?.at, finding?.fix?.safe]).toEqual(['t', false]);
  });
});

describe('dml/set-column-count', () => {
  it.each([
    ['VALUES without a list of columns', 'INSERT INTO t VALUES (1, 2, 3);', []],
    ['what a star gives', 'INSERT INTO t (id) SELECT * FROM u UNION SELECT id FROM u;', []],
    ['a table that nobody knows', 'INSERT INTO nothing VALUES (1);', []],
    ['too few values', 'INSERT INTO t VALUES (1, 2);', ['t']],
    [
      'a view',
      'CREATE VIEW v AS SELECT id, a FROM t EXCEPT SELECT id FROM u;',
      ['id, a FROM t EXCEPT SELECT id FROM u'],
    ],
    ['a trigger', 'CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT INTO t (id, a) VALUES (1); END;', ['t']],
  ])('judges %s', async (_, sql, expected) => {
    expect(await places('dml/set-column-count', sql)).toEqual(expected);
  });
});

describe('dml/duplicate-assignment', () => {
  const rule = 'dml/duplicate-assignment';

  it('names the assignment that D1 ignores', async () => {
    const sql = "UPDATE t SET a = 'x', (b, \"A\") = ('y', 'z') WHERE id = 1;";
    expect(await places(rule, sql)).toEqual(['a']);
    const database = await pool.take();
    const statements = [
      ...tables.split(';').slice(0, 2),
      'INSERT INTO t (id) VALUES (1)',
      sql,
      'SELECT a, b FROM t',
    ];
    expect((await database.batch(statements)).at(-1)).toEqual([{ a: 'z', b: 'y' }]);
  });

  it('judges each statement, and each branch of an upsert, by itself', async () => {
    const sql = `CREATE TRIGGER g AFTER INSERT ON u BEGIN UPDATE t SET a = 1; UPDATE t SET a = 2; END;
      INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1;`;
    expect(await places(rule, sql)).toEqual([]);
  });
});

describe('dml/implicit-cross-join', () => {
  it.each([
    ['a condition', 'SELECT 1 FROM t, u WHERE t.id = u.id;', []],
    ['a table function', 'SELECT 1 FROM t, json_each(t.a);', []],
    ['a query of one row', 'SELECT 1 FROM t, (SELECT max(id) FROM u);', []],
    ['a common table expression', 'WITH u AS (SELECT 1) SELECT 1 FROM t, u;', []],
    ['CROSS JOIN', 'SELECT 1 FROM t CROSS JOIN u;', []],
    ['nothing', 'SELECT 1 FROM t, main.u AS x;', ['u']],
    ['nothing, in an inner query', 'SELECT 1 WHERE EXISTS (SELECT 1 FROM t, u);', ['u']],
  ])('judges tables that are joined by %s', async (_, sql, expected) => {
    expect(await places('dml/implicit-cross-join', sql)).toEqual(expected);
  });
});
