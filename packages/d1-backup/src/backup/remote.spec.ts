import { readdirSync } from 'node:fs';
import { errorOf, testWrangler } from 'd1-core/testing';
import { openRemoteStore } from '../bucket/remote-store.ts';
import { readContent } from '../database/read-content.ts';
import { objectsIn, outputOf, putOne, save } from '../testing/backups.ts';
import { DIFFICULT } from '../testing/difficult.ts';
import { useRemoteTargets, type RemoteTarget } from '../testing/remote-targets.ts';
import { restoreToShadow } from '../verify/check-database.ts';
import { verifyFile } from '../testing/verification.ts';
import { openArchive } from '../zip/open-archive.ts';

const remote = useRemoteTargets(8);
const database = { parts: 'database' } as const;

/** The content of the database of an archive, as it is when it is restored. */
async function contentIn(file: string) {
  const archive = await openArchive(file);
  try {
    const restored = await restoreToShadow(
      { open: () => archive.open('database.sql'), record: archive.metadata?.database },
      testWrangler(),
    );
    if (!('d1' in restored)) throw new Error(JSON.stringify(restored.problems));
    await restored.d1.close();
    expect(restored.problems).toEqual([]);
    return restored.content;
  } finally {
    await archive.close();
  }
}

const make = async (...statements: readonly string[]): Promise<RemoteTarget> => {
  const one = remote.make();
  await one.d1.batch(statements);
  return one;
};

describe('a backup of a remote environment', () => {
  it('reads the database page by page, and notes the bookmark before and after', async () => {
    const one = await make(
      'CREATE TABLE a (id INTEGER PRIMARY KEY, v)',
      "INSERT INTO a VALUES (1, 'x'), (2, 1.0)",
    );
    const store = openRemoteStore({ access: remote.s3.access, bucket: one.bucket });
    await putOne(store, 'originals/a', 'one');
    await store.close();
    const { file = '', database: record } = await save(one.workspace, one.target);
    expect(record).toMatchObject({ mode: 'online', consistent: true, tables: [{ name: 'a', rows: 2 }] });
    expect(record?.bookmark?.before).toBe(record?.bookmark?.after);
    expect(await contentIn(file)).toEqual(await readContent(one.d1));
    expect([...(await objectsIn(file)).keys()]).toEqual(['originals/a']);
    expect(remote.api.log.list().some(({ path }) => path.endsWith('/export'))).toBe(false);
  });

  /** A write that nobody waits for is done before the bookmark that was asked for after it. */
  const bookmarksComeLate = () =>
    remote.api.faults.add({
      path: '*/time_travel/bookmark',
      times: 'all',
      action: { kind: 'delay', milliseconds: 300 },
    });

  it('reads again when the database was written to meanwhile', async () => {
    const one = await make('CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)');
    bookmarksComeLate();
    let writes = 0;
    const { file = '', database: record } = await save(one.workspace, one.target, {
      ...database,
      // Rows are counted when they have been read.
      onProgress: (what) => {
        if (what.startsWith('reading the database') && writes++ === 0)
          void one.d1.batch(['INSERT INTO a VALUES (2)']);
      },
    });
    expect(record).toMatchObject({ mode: 'online', consistent: true, tables: [{ rows: 2 }] });
    expect(await contentIn(file)).toEqual(await readContent(one.d1));
  });

  it('takes an export when the database never rests, because that is of one moment', async () => {
    const one = await make('CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)');
    bookmarksComeLate();
    const { file = '', database: record } = await save(one.workspace, one.target, {
      ...database,
      onProgress: (what) => {
        if (what.startsWith('reading the database')) void one.d1.batch(['INSERT INTO a VALUES (2)']);
      },
    });
    expect(record?.mode).toBe('export');
    await contentIn(file);
  });

  it('marks an archive whose rows are of several moments, when nothing else is possible', async () => {
    const one = await make('CREATE VIRTUAL TABLE a USING fts5(v)', "INSERT INTO a VALUES ('1')");
    bookmarksComeLate();
    const { database: record, warnings } = await save(one.workspace, one.target, {
      ...database,
      onProgress: (what) => {
        if (what.startsWith('reading the database')) void one.d1.batch(["INSERT INTO a VALUES ('2')"]);
      },
    });
    expect(record).toMatchObject({ mode: 'online', consistent: false });
    expect(warnings.join()).toMatch(/written to while it was read.*virtual tables/);
  });

  it('can use the export of D1, and reads again what that alters', async () => {
    const one = await make(
      'CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent (id))',
      'CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)',
      "INSERT INTO parent VALUES (1, 'one')",
      'INSERT INTO child VALUES (1, 1)',
      ...(DIFFICULT['integers beyond 2^53'] ?? []).map((sql) => sql.replaceAll(/\ba\b/g, 'big')),
      'CREATE TABLE lines (v TEXT)',
      "INSERT INTO lines VALUES ('C:\\new' || char(10) || 'line')",
      'CREATE TABLE untyped (v)',
      'INSERT INTO untyped VALUES (1.0), (9e999)',
      'CREATE VIEW v AS SELECT * FROM parent',
      'CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN INSERT INTO parent (name) VALUES (new.name); END',
    );
    const { file = '', database: record } = await save(one.workspace, one.target, {
      ...database,
      mode: 'export',
    });
    expect(record).toMatchObject({ mode: 'export', consistent: true });
    expect(await contentIn(file)).toEqual(await readContent(one.d1));
    expect(remote.api.log.list().some(({ path }) => path.endsWith('/export'))).toBe(true);
  });

  it('refuses an export that was cut off, and says how to go on', async () => {
    const one = await make('CREATE TABLE a (v)', 'CREATE TABLE b (v)', 'INSERT INTO a VALUES (1)');
    remote.api.faults.add({ path: '/signed/*', times: 'all', action: { kind: 'truncate', bytes: 60 } });
    const error = await errorOf(save(one.workspace, one.target, { ...database, mode: 'export' }));
    expect(error).toMatchObject({
      code: 'incomplete-export',
      fix: expect.stringContaining('--mode=online'),
    });
    expect(readdirSync(outputOf(one.workspace))).toEqual([]);
  });

  it('tries again what Cloudflare is too busy for', async () => {
    const one = await make('CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)');
    remote.api.faults.add({
      path: one.path('query'),
      call: 2,
      action: { kind: 'answer', status: 429, code: 971, message: 'Please wait' },
    });
    const { file = '' } = await save(one.workspace, one.target, database);
    const { problems } = await verifyFile(file, 'restore');
    expect(problems).toEqual([]);
  });
});
