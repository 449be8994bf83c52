import type { D1 } from 'd1-core/database';
import { openMemoryDatabase } from 'd1-core/schema';
import { testWorkspace } from 'd1-core/testing';
import type { Target } from 'd1-core/target';
import { errorOf, targetIn } from '../testing/index.ts';
import { writeRecord, type RehearsalRecord } from '../approval/rehearsal.ts';
import { requireRehearsal, type RehearsalNeed } from '../approval/require.ts';

const ID = '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11';
const MIGRATIONS = [{ name: '0002_x.sql', tokens: 'abc' }];

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

async function databaseWith(sql: string): Promise<D1> {
  const database = await openMemoryDatabase();
  database.exec(sql);
  return {
    location: 'shadow',
    batch: async (statements) => statements.map((statement) => database.prepare(statement).all()),
    close: async () => database.close(),
  };
}

describe('a rehearsal that passed', () => {
  let target: Target;
  let d1: D1;
  beforeAll(async () => {
    target = targetIn(testWorkspace({ migrations: {} }), { environment: 'production' });
    d1 = await databaseWith('CREATE TABLE a (x); CREATE TABLE "b c" (x); INSERT INTO a VALUES (1)');
  });
  afterAll(() => d1.close());

  const record = async (change: Partial<RehearsalRecord> = {}) => {
    await writeRecord(target, {
      time: hoursAgo(1),
      databaseId: target.database.databaseId ?? null,
      source: { kind: 'database', name: 'the remote database' },
      rows: { a: 1, 'b c': 0 },
      rowsAfter: {},
      changed: ['a'],
      schema: 'fingerprint',
      migrations: MIGRATIONS,
      passed: true,
      ...change,
    });
  };
  const need = (change: Partial<RehearsalNeed> = {}): RehearsalNeed => ({
    target,
    schema: 'fingerprint',
    tables: new Set(),
    migrations: MIGRATIONS,
    rehearsedOn: undefined,
    ...change,
  });

  it('counts on the database whose data it was made on, and says what it saw change', async () => {
    await record();
    expect(target.database.databaseId).toBe(ID);
    expect(await requireRehearsal(d1, need())).toMatchObject({ pass: { changed: ['a'] }, isWhole: true });
  });

  it.each<[string, Partial<RehearsalRecord>]>([
    ['the last rehearsal was on another database, id 0000', { databaseId: '0000' }],
    ['the last rehearsal was on another database, without an id', { databaseId: null }],
    [
      'the last rehearsal was on production.zip, which is not its data',
      { source: { kind: 'file', name: 'production.zip' } },
    ],
    ['is older than 24 hours', { time: hoursAgo(25) }],
    ['is older than 24 hours', { time: hoursAgo(-2) }],
    ['is older than 24 hours', { time: 'yesterday' }],
    ['the last rehearsal found a empty, and it has rows now', { rows: { a: 0, 'b c': 0 } }],
    ['did not pass', { passed: false }],
  ])('does not count when %s', async (reason, change) => {
    await record(change);
    const error = await errorOf(requireRehearsal(d1, need()));
    expect(error).toMatchObject({ code: 'not-rehearsed', exitCode: 2 });
    expect(error.message).toContain(reason);
  });

  it('on a file counts when somebody names that file', async () => {
    await record({ source: { kind: 'file', name: 'production.zip' } });
    expect((await errorOf(requireRehearsal(d1, need()))).fix).toContain('--rehearsedOn=production.zip');
    expect(await errorOf(requireRehearsal(d1, need({ rehearsedOn: 'other.zip' })))).toMatchObject({
      code: 'not-rehearsed',
    });
    expect(await requireRehearsal(d1, need({ rehearsedOn: 'production.zip' }))).toMatchObject({
      pass: { source: { kind: 'file' } },
    });
  });
});
