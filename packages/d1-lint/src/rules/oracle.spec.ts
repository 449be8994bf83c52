import { isD1Error } from 'd1-core/errors';
import { databasePool } from '../testing/database-pool.ts';
import { lintExample } from '../testing/examples.ts';
import { FACTS, SET_UP, type Fact } from '../testing/facts/index.ts';
import { allRules } from './index.ts';

// A new workerd for each test: an old one may end when it was out of memory before.
let pool = databasePool();
beforeEach(() => {
  pool = databasePool();
});
afterEach(() => pool.close());

const isOldest = process.env['D1_WRANGLER'] === 'wrangler-min';

/** As wrangler makes it before the first migration. */
const HISTORY = `CREATE TABLE "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

const statementsOf = ({ sql }: Fact): readonly string[] => (typeof sql === 'string' ? [sql] : sql);
const label = (fact: Fact): string => statementsOf(fact).join('; ').slice(0, 200);

/** The message with which D1 refuses it. */
async function refusal(fact: Fact): Promise<string | undefined> {
  const database = await pool.take();
  await database.batch([HISTORY, ...(fact.setUp ?? SET_UP)]);
  try {
    await database.batch(statementsOf(fact));
    return undefined;
  } catch (error) {
    if (isD1Error(error) && error.code.startsWith('sql-')) return error.message;
    throw error;
  }
}

/** Rules about what D1 takes and does not do, or does not do on the service alone. */
const lenient = new Set(allRules.filter(({ workerd }) => workerd === 'accepts').map(({ id }) => id));

/** The rules that say that D1 refuses it. */
async function claims(fact: Fact): Promise<readonly string[]> {
  const { findings } = await lintExample({
    '0001_before.sql': `${(fact.setUp ?? SET_UP).join(';\n')};`,
    '0002_fact.sql': `${statementsOf(fact).join(';\n')};`,
  });
  return findings
    .filter(
      ({ file, kind, severity }) => file.endsWith('fact.sql') && kind === 'engine' && severity === 'error',
    )
    .map(({ rule }) => rule)
    .filter((rule) => !lenient.has(rule));
}

const verdict = (isRefused: boolean): string => (isRefused ? 'refused' : 'accepted');

describe('six hundred statements', () => {
  it('are accepted or refused by workerd as they were when they were measured', async () => {
    for (const fact of FACTS) {
      const measured = verdict(fact.refused === true);
      const expected = isOldest ? (fact.oldest ?? measured) : measured;
      expect([label(fact), verdict((await refusal(fact)) !== undefined)]).toEqual([label(fact), expected]);
    }
  });

  it('are accepted or refused by the linter as by D1', async () => {
    for (const fact of FACTS) {
      if (fact.dependsOnRows === true) continue;
      const expected = fact.refused === true;
      expect([label(fact), verdict((await claims(fact)).length > 0)]).toEqual([
        label(fact),
        verdict(expected),
      ]);
    }
  });

  it('are left to the rows only where D1 names a constraint, or a table without rows is dropped', async () => {
    for (const fact of FACTS.filter(({ dependsOnRows }) => dependsOnRows)) {
      const message = await refusal(fact);
      const expected =
        message === undefined
          ? expect.stringContaining('DROP TABLE')
          : expect.stringMatching(/constraint|foreign key/i);
      expect(message ?? label(fact)).toEqual(expected);
    }
  });

  it('are enough to tell', () => {
    expect(FACTS.length).toBeGreaterThan(550);
    expect(FACTS.filter(({ dependsOnRows }) => dependsOnRows).length).toBeLessThan(15);
  });
});
