import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { localDatabaseFile, openLocalD1, type D1, type LocalDatabase } from '../database/index.ts';
import { makeThrowAwayFolder } from '../node/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { temporaryFolder, testWrangler } from '../testing/index.ts';
import { errorOf } from '../testing/index.ts';
import { KEPT_SNAPSHOTS, listSnapshots, restoreSnapshot, takeSnapshot } from './index.ts';

const ID = '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0';

/** Works on a local database, and closes it. */
async function using<Result>(database: LocalDatabase, work: (d1: D1) => Promise<Result>): Promise<Result> {
  const d1 = openLocalD1(database);
  try {
    return await work(d1);
  } finally {
    await d1.close();
  }
}

const run = (database: LocalDatabase, ...statements: readonly string[]) =>
  using(database, (d1) => d1.batch(statements));

describe('a snapshot of a local database', () => {
  let database: LocalDatabase;
  beforeEach(() => {
    database = { wrangler: testWrangler(), id: ID, persistTo: temporaryFolder() };
  });

  it('is not taken of a database that is not there yet', async () => {
    expect(await takeSnapshot(database, [])).toBeUndefined();
    expect(await listSnapshots(database)).toEqual([]);
    expect(await errorOf(restoreSnapshot(database))).toMatchObject({ code: 'no-snapshot', exitCode: 2 });
  });

  it('brings back schema and rows, rowids included, and can itself be undone', async () => {
    await run(
      database,
      'CREATE TABLE a (x TEXT)',
      "INSERT INTO a (rowid, x) VALUES (7, 'seven'), (9, 'nine')",
      'CREATE VIRTUAL TABLE f USING fts5(x, content=a)',
      "INSERT INTO f (f) VALUES ('rebuild')",
    );
    const snapshot = await takeSnapshot(database, ['0002_b.sql']);
    expect(snapshot).toMatchObject({ before: ['0002_b.sql'], time: expect.stringMatching(/Z$/) });
    expect(snapshot?.bytes).toBeGreaterThan(4096);

    await run(database, 'DROP TABLE a', 'CREATE TABLE b (y)');
    const { restored, replaced } = await restoreSnapshot(database);
    expect(restored).toEqual(snapshot);
    const [rows, found] = await run(
      database,
      'SELECT rowid, x FROM a',
      "SELECT rowid FROM f WHERE f MATCH 'nine'",
    );
    expect(rows).toEqual([
      { rowid: 7, x: 'seven' },
      { rowid: 9, x: 'nine' },
    ]);
    expect(found).toEqual([{ rowid: 9 }]);

    await restoreSnapshot(database, replaced?.id);
    expect(await run(database, 'SELECT * FROM b')).toEqual([[]]);
  });

  it('is taken while the database is open, with what was just written', async () => {
    await using(database, async (d1) => {
      await d1.batch(['CREATE TABLE a (x)', 'INSERT INTO a VALUES (1)']);
      await takeSnapshot(database, []);
      await d1.batch(['DELETE FROM a']);
      expect(await errorOf(restoreSnapshot(database))).toMatchObject({
        code: 'database-in-use',
        notes: ['Nothing was changed.'],
      });
      expect(await d1.batch(['SELECT * FROM a'])).toEqual([[]]);
    });
    await restoreSnapshot(database);
    expect(await run(database, 'SELECT * FROM a')).toEqual([[{ x: 1 }]]);
  });

  it('is of one database, and leaves the others beside it alone', async () => {
    const other = { ...database, id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11' };
    await run(database, 'CREATE TABLE a (x)');
    await run(other, 'CREATE TABLE b (x)');
    expect(existsSync(localDatabaseFile(database))).toBe(true);
    await takeSnapshot(database, []);
    await run(other, 'INSERT INTO b VALUES (1)');
    await restoreSnapshot(database);
    expect(await run(other, 'SELECT * FROM b')).toEqual([[{ x: 1 }]]);
    expect(await listSnapshots(other)).toEqual([]);
  });

  it('pushes out the oldest when there are more than are kept', async () => {
    await run(database, 'CREATE TABLE a (x)');
    for (let number = 0; number < KEPT_SNAPSHOTS + 2; number++) await takeSnapshot(database, [`${number}`]);
    const kept = (await listSnapshots(database)).map(({ before }) => Number(before[0]));
    expect(kept).toEqual([6, 5, 4, 3, 2]);

    const oldest = (await listSnapshots(database)).at(-1);
    await run(database, 'DROP TABLE a');
    await restoreSnapshot(database, oldest?.id);
    expect(await run(database, 'SELECT * FROM a')).toEqual([[]]);
    expect(await errorOf(restoreSnapshot(database, 'yesterday'))).toMatchObject({ code: 'unknown-snapshot' });
  });

  it('that another run is still taking is left alone', async () => {
    await run(database, 'CREATE TABLE a (x)');
    const store = join(database.persistTo, 'd1-snapshots', basename(localDatabaseFile(database), '.sqlite'));
    mkdirSync(store, { recursive: true });
    const unfinished = makeThrowAwayFolder(store);
    writeFileSync(join(unfinished.path, 'database.sqlite'), 'half');
    await takeSnapshot(database, []);
    expect(existsSync(join(unfinished.path, 'database.sqlite'))).toBe(true);
    expect(await listSnapshots(database)).toHaveLength(1);
    unfinished.remove();
  });

  it('is not taken while another process keeps on writing', async () => {
    await run(database, 'CREATE TABLE a (x)');
    const writer = await openDatabaseFile(localDatabaseFile(database));
    writer.exec('BEGIN IMMEDIATE');
    const error = await errorOf(takeSnapshot(database, []));
    writer.close();
    expect(error).toMatchObject({
      code: 'snapshot-failed',
      message: expect.stringContaining('Another process'),
    });
    expect(await listSnapshots(database)).toEqual([]);
  });
});
