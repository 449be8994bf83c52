import fc from 'fast-check';
import { databasePool, type TestDatabase } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';

const pool = databasePool();
let database: TestDatabase;
beforeAll(async () => {
  database = await pool.take();
  await database.batch(['CREATE TABLE t (a, b)']);
});
afterAll(() => pool.close());

async function isRefused(sql: string): Promise<boolean> {
  try {
    await database.batch([sql]);
    return false;
  } catch (error) {
    if (error instanceof Error && error.message.includes('Expression tree is too large')) return true;
    throw error;
  }
}

const isReported = async (sql: string): Promise<boolean> =>
  (await lintExample({ '0001_t.sql': 'CREATE TABLE t (a, b);', '0002_q.sql': `${sql};` })).findings.some(
    ({ rule }) => rule === 'compat/expression-depth',
  );

const verdicts = async (sql: string) => ({
  sql,
  engine: await isRefused(sql),
  rule: await isReported(sql),
});

const repeat = (count: number, before: string, inner: string, behind = '') =>
  `${before.repeat(count)}${inner}${behind.repeat(count)}`;

/** Each wraps an expression in some levels more. */
const wrappers: readonly ((inner: string) => string)[] = [
  (inner) => `abs(${inner})`,
  (inner) => `(${inner}) + 1`,
  (inner) => `-(${inner})`,
  (inner) => `NOT ${inner}`,
  (inner) => `CASE WHEN ${inner} THEN 1 ELSE 2 END`,
  (inner) => `(${inner}) BETWEEN 1 AND 2`,
  (inner) => `(${inner}) NOT BETWEEN 1 AND 2`,
  (inner) => `(${inner}) IN (1, 2)`,
  (inner) => `(${inner}) NOT IN (1, t.a)`,
  (inner) => `CAST(${inner} AS TEXT)`,
  (inner) => `(${inner}) IS NULL`,
  (inner) => `(${inner}) || 'x'`,
  (inner) => `(${inner}) LIKE 'x'`,
  (inner) => `coalesce(1, ${inner}, t.b)`,
  (inner) => `((${inner}))`,
];

describe('compat/expression-depth', () => {
  it.each([
    ['a row of OR', (count: number) => `SELECT 1 FROM t WHERE ${Array(count).fill('a = 1').join(' OR ')}`],
    ['a row of +', (count: number) => `SELECT ${Array(count).fill('1').join(' + ')}`],
    ['nested functions', (count: number) => `SELECT ${repeat(count, 'abs(', '1', ')')}`],
    ['nested CASE', (count: number) => `SELECT ${repeat(count, 'CASE WHEN 1 THEN ', '1', ' END')}`],
    ['names with their table', (count: number) => `SELECT ${Array(count).fill('t.a').join(' + ')} FROM t`],
  ])('agrees with D1 on %s, term by term', async (_, sqlOf) => {
    for (const count of [97, 98, 99, 100, 101, 102]) {
      const { engine, rule } = await verdicts(sqlOf(count));
      expect({ count, rule }).toEqual({ count, rule: engine });
    }
  });

  it('agrees with D1 on subqueries in subqueries', async () => {
    for (let count = 9; count <= 18; count++) {
      const { engine, rule } = await verdicts(`SELECT ${repeat(count, '(SELECT ', '1', ')')}`);
      expect({ count, rule }).toEqual({ count, rule: engine });
    }
  });

  it('agrees with D1 on expressions of all kinds around the limit', async () => {
    const expression = fc
      .array(fc.constantFrom(...wrappers), { minLength: 55, maxLength: 110 })
      .map((wraps) => wraps.reduce((inner, wrap) => wrap(inner), 'a'));
    await fc.assert(
      fc.asyncProperty(expression, async (inner) => {
        const { engine, rule } = await verdicts(`SELECT ${inner} FROM t`);
        expect(rule).toBe(engine);
      }),
      { numRuns: 60 },
    );
  });
});
