import { restoreBookmark } from 'd1-core/database';
import { remoteDatabase } from 'd1-core/target';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import { readContent } from '../database/read-content.ts';
import { writeTestArchive } from '../testing/archive.ts';
import { DIFFICULT, DIFFICULT_TOGETHER } from '../testing/difficult.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { useRemoteTargets, type RemoteTarget } from '../testing/remote-targets.ts';
import { restoreFile, withoutTools } from '../testing/restores.ts';

const HISTORY =
  'CREATE TABLE "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)';

const ROWS = 12_000;

/** More than one piece of an import. */
const MANY = [
  HISTORY,
  "INSERT INTO d1_migrations (name) VALUES ('0001_art.sql')",
  'CREATE TABLE art (id INTEGER PRIMARY KEY, title TEXT)',
  'CREATE TABLE tag (art INTEGER NOT NULL REFERENCES art (id) ON DELETE CASCADE, tag TEXT, PRIMARY KEY (art, tag)) WITHOUT ROWID',
  `WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < ${ROWS}) INSERT INTO art SELECT i, printf('%.*c', 800, 'x') || i FROM i`,
  "INSERT INTO tag SELECT id, 'blue' FROM art WHERE id % 7 = 0",
];

const CYCLE = [
  'PRAGMA defer_foreign_keys = on',
  'CREATE TABLE x (id INTEGER PRIMARY KEY, y INTEGER NOT NULL REFERENCES y (id))',
  'CREATE TABLE y (id INTEGER PRIMARY KEY, x INTEGER NOT NULL REFERENCES x (id) ON DELETE RESTRICT, up REFERENCES y (id))',
  'INSERT INTO x VALUES (1, 2)',
  'INSERT INTO y VALUES (2, 1, 2), (3, 1, 2)',
];

/** Milliseconds for what starts wrangler dozens of times, also where a machine does other things. */
const LONG = 600_000;

const archiveOf = (content: Parameters<typeof writeTestArchive>[1]) =>
  writeTestArchive(temporaryFolder(), content);

describe('a restore into a remote database', () => {
  const remote = useRemoteTargets(11);
  let many = '';
  beforeAll(async () => {
    many = await archiveOf({ statements: MANY, photos: { 'originals/a.jpg': 'first' } });
  });

  const contentOf = async ({ d1 }: RemoteTarget) => withoutTools(await readContent(d1));

  it(
    'replaces what is there, children and cycles too, and says the bookmark from before',
    async () => {
      const one = remote.make();
      await one.d1.batch([...CYCLE, ...(DIFFICULT['full-text search'] ?? [])]);
      const before = await contentOf(one);
      const result = await restoreFile(many, one.target, { overwrite: true });
      expect(result).toMatchObject({ outcome: 'restored', lastMigration: '0001_art.sql' });
      expect((await contentOf(one)).tables).toEqual(
        result.tables?.filter(({ name }) => name !== 'sqlite_sequence'),
      );
      const [stamp, journal] = await one.sql(
        "SELECT key FROM d1_migrate_metadata WHERE key IN ('environment', 'restore'); SELECT action, bookmark FROM d1_migrate_journal",
      );
      expect(stamp).toEqual([{ key: 'environment' }]);
      const bookmark = result.undo?.kind === 'bookmark' ? result.undo.bookmark : '';
      expect(journal).toEqual([{ action: 'restore', bookmark }]);
      await restoreBookmark(remoteDatabase(one.target), bookmark);
      expect(await contentOf(one)).toEqual(before);
    },
    LONG,
  );

  it(
    'goes on after the last piece that is there, and does none twice',
    async () => {
      const one = remote.make();
      await one.sql('CREATE TABLE mine (x)');
      // The second piece is refused for good.
      const action = { kind: 'answer', status: 400, code: 7500, message: 'refused: SQLITE_ERROR' } as const;
      remote.api.faults.add({
        path: one.path('import'),
        bodyIncludes: 'ingest',
        call: 2,
        times: 'all',
        action,
      });
      const error = await errorOf(restoreFile(many, one.target, { overwrite: true }));
      expect(error.notes.join('\n')).toMatch(/part of the archive: [1-9]\d* of its statements/);
      expect(error.notes.join('\n')).toContain('npx wrangler d1 time-travel restore test-');
      remote.api.faults.clear();

      const again = await errorOf(restoreFile(many, one.target));
      expect(again).toMatchObject({ code: 'restore-unfinished', exitCode: 2 });
      const other = await archiveOf({ statements: ['CREATE TABLE other (x)'] });
      expect(await errorOf(restoreFile(other, one.target, { resume: true }))).toMatchObject({
        code: 'restore-unfinished',
      });

      const result = await restoreFile(many, one.target, { resume: true });
      expect(result.plan.database?.resumes?.done).toBeGreaterThan(0);
      const [mine, count] = await one.sql(
        "SELECT name FROM sqlite_master WHERE name = 'mine'; SELECT count(*) AS n FROM art",
      );
      expect([mine, count]).toEqual([[], [{ n: ROWS }]]);
      const done = await restoreFile(many, one.target, { resume: true });
      expect(done.plan.database).toMatchObject({ isDone: true });
    },
    LONG,
  );

  it(
    'finds out whether a piece was done whose answer was lost',
    async () => {
      const one = remote.make();
      const action = { kind: 'cut', when: 'after' } as const;
      remote.api.faults.add({ path: one.path('import'), bodyIncludes: 'ingest', call: 1, action });
      const { tables } = await restoreFile(many, one.target);
      expect(tables?.find(({ name }) => name === 'art')?.rows).toBe(ROWS);
    },
    LONG,
  );

  it(
    'that fails with its first answer lost says what is known of the database, and goes on with --resume',
    async () => {
      const one = remote.make();
      await one.sql('CREATE TABLE mine (x)');
      const archive = await archiveOf({ statements: ['CREATE TABLE art (x)', 'INSERT INTO art VALUES (1)'] });
      // The work is done, and nobody can be asked any more.
      const onBegin = async () =>
        remote.api.faults.add(
          { path: one.path('query'), action: { kind: 'cut', when: 'after' } },
          { path: one.path('query'), call: 2, times: 'all', action: { kind: 'cut' } },
        );
      const error = await errorOf(restoreFile(archive, one.target, { overwrite: true, onBegin }));
      const said = error.notes.join('\n');
      expect(said).not.toContain('Nothing was changed.');
      expect(said).toContain('npx wrangler d1 time-travel restore');
      expect(error.fix).toContain('--resume');
      remote.api.faults.clear();
      await restoreFile(archive, one.target, { resume: true });
      expect(await one.sql('SELECT x FROM art')).toEqual([[{ x: 1 }]]);
    },
    LONG,
  );

  it('does not touch a database whose lock somebody holds', async () => {
    const one = remote.make();
    await one.sql(
      `CREATE TABLE d1_migrate_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO d1_migrate_metadata VALUES ('lock', '{"run":"x","owner":"Ann","since":"2025-01-01T00:00:00Z","until":"9999-01-01T00:00:00Z","fence":3}')`,
    );
    expect(await errorOf(restoreFile(many, one.target))).toMatchObject({ code: 'locked', exitCode: 11 });
    expect(await one.sql("SELECT count(*) AS n FROM sqlite_master WHERE name = 'art'")).toEqual([[{ n: 0 }]]);
  });

  it('puts photos into the bucket with their ETags, and passes over those that are there', async () => {
    const one = remote.make();
    const photos = { 'originals/a.jpg': 'first', 'originals/ü b.jpg': 'second' };
    const archive = await archiveOf({ photos });
    await restoreFile(archive, one.target);
    const again = await restoreFile(archive, one.target, { resume: true });
    expect(again.plan.photos).toMatchObject({ bucket: one.bucket, missing: [], unchanged: 2 });
  });

  it(
    'brings back every value that imports are known to get wrong',
    async () => {
      const one = remote.make();
      const archive = await archiveOf({ statements: DIFFICULT_TOGETHER });
      // Compared with the archive by the restore itself.
      const { tables } = await restoreFile(archive, one.target);
      expect((await contentOf(one)).tables).toEqual(tables?.filter(({ name }) => name !== 'sqlite_sequence'));
    },
    LONG,
  );

  it('says how many photos are there when the bucket fails, and goes on with the others', async () => {
    const one = remote.make();
    const photos = { 'originals/a.jpg': 'a', 'originals/b.jpg': 'b', 'originals/c.jpg': 'c' };
    const archive = await archiveOf({ photos });
    let puts = 0;
    const proxy = await startFaultProxy(remote.s3.access.endpoint, ({ method }) =>
      method === 'PUT' && (puts += 1) > 2 ? { kind: 'status', status: 403 } : undefined,
    );
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const restoring = restoreFile(archive, one.target, { parts: 'photos', concurrency: 1 });
    const error = await errorOf(restoring);
    expect(error).toMatchObject({ code: 'r2-denied' });
    expect(error.notes.join('\n')).toContain(`2 of 3 objects were put into the bucket "${one.bucket}"`);
    await proxy.close();
    process.env['R2_ENDPOINT'] = remote.s3.access.endpoint;
    const request = { parts: 'photos', resume: true } as const;
    const { plan } = await restoreFile(archive, one.target, request);
    expect(plan.photos).toMatchObject({ unchanged: 2, missing: [{ key: 'originals/c.jpg' }] });
  });

  it('is not begun when somebody changed the schema while the question stood', async () => {
    const one = remote.make();
    const archive = await archiveOf({ statements: ['CREATE TABLE art (x)'] });
    const approve = async () => void (await one.sql('CREATE TABLE late (x)'));
    const error = await errorOf(restoreFile(archive, one.target, { approve }));
    expect(error).toMatchObject({ code: 'changed-meanwhile' });
    expect(error.notes).toContain('Nothing was changed.');
    expect(await one.sql('SELECT * FROM late')).toEqual([[]]);
  });

  it('is confirmed before it is begun: a refusal changes nothing', async () => {
    const one = remote.make('production');
    await one.sql('CREATE TABLE mine (x)');
    const approve = async () => {
      throw new Error('no');
    };
    await expect(restoreFile(many, one.target, { overwrite: true, approve })).rejects.toThrow('no');
    expect(await one.sql("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")).toEqual([
      [{ name: 'mine' }],
    ]);
  });
});
