import { openShadowD1, type D1 } from 'd1-core/database';
import { testWrangler } from 'd1-core/testing';
import { findFailingStatement } from './explain.ts';

describe('finding the failing statement', () => {
  let d1: D1;
  beforeAll(async () => {
    d1 = openShadowD1(testWrangler());
    await d1.batch(['CREATE TABLE p (id INTEGER PRIMARY KEY)', 'INSERT INTO p VALUES (1)']);
  });
  afterAll(() => d1.close());

  const GOOD = Array.from({ length: 9 }, (_, index) => `CREATE TABLE t${index} (x)`);

  it.each([0, 1, 4, 8])('finds it at place %i of nine, and leaves nothing behind', async (place) => {
    const statements = GOOD.map((statement, index) =>
      index === place ? 'PRAGMA journal_mode = WAL' : statement,
    );
    expect(await findFailingStatement(d1, statements)).toMatchObject({
      kind: 'statement',
      index: place,
      error: { code: 'sql-not-authorized' },
    });
    expect(await d1.batch([`SELECT name FROM sqlite_master WHERE name GLOB 't?'`])).toEqual([[]]);
  });

  it('finds a statement that fails only because of the rows that are there', async () => {
    const statements = ['CREATE TABLE a (x)', 'ALTER TABLE p ADD COLUMN y NOT NULL'];
    expect(await findFailingStatement(d1, statements)).toMatchObject({ kind: 'statement', index: 1 });
  });

  it('tells a transaction that cannot be committed from a statement that fails', async () => {
    const statements = [
      'CREATE TABLE c (p REFERENCES p (id))',
      'PRAGMA defer_foreign_keys = on',
      'INSERT INTO c VALUES (7)',
    ];
    expect(await findFailingStatement(d1, statements)).toMatchObject({
      kind: 'commit',
      error: { code: 'sql-constraint' },
    });
  });

  it('finds nothing where all statements run', async () => {
    expect(await findFailingStatement(d1, ['SELECT 1'])).toEqual({ kind: 'none' });
  });
});
