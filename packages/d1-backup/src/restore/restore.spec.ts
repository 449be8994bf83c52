import { join } from 'node:path';
import { openLocalD1 } from 'd1-core/database';
import { restoreSnapshot } from 'd1-core/snapshot';
import { localDatabase } from 'd1-core/target';
import {
  errorOf,
  targetIn,
  temporaryFolder,
  testWorkspace,
  testWrangler,
  writeFiles,
  type TestWorkspace,
} from 'd1-core/testing';
import { openLocalStore } from '../bucket/local-store.ts';
import type { ObjectStore } from '../bucket/store.ts';
import { testEntries, writeTestArchive, zip } from '../testing/archive.ts';
import { localConfig } from '../testing/backups.ts';
import { DIFFICULT_DATABASES } from '../testing/difficult.ts';
import { contentOf, execute, restoreFile } from '../testing/restores.ts';

const BUCKETS = localConfig('photos-development');

const HISTORY =
  'CREATE TABLE "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)';
const STATEMENTS = [
  HISTORY,
  "INSERT INTO d1_migrations (name) VALUES ('0001_art.sql')",
  'CREATE TABLE art (id INTEGER PRIMARY KEY, title TEXT)',
  "INSERT INTO art VALUES (1, 'Mural'), (9007199254740993, 'Statue')",
];
const PHOTOS = { 'originals/a.jpg': 'first', 'thumbnails/a.jpg': 'small', '../odd:key': 'odd' };

const bucketOf = ({ root }: TestWorkspace): ObjectStore =>
  openLocalStore({
    wrangler: testWrangler(),
    bucket: 'photos-development',
    persistTo: join(root, '.wrangler/state'),
  });

async function keysOf(workspace: TestWorkspace): Promise<readonly string[]> {
  const store = bucketOf(workspace);
  try {
    return (await store.list('')).objects.map(({ key }) => key);
  } finally {
    await store.close();
  }
}

const archiveOf = (content: Parameters<typeof writeTestArchive>[1] = { statements: STATEMENTS }) =>
  writeTestArchive(temporaryFolder(), content);

describe('a restore into a local database', () => {
  it.each(DIFFICULT_DATABASES)('brings back %s', async (_, statements) => {
    const workspace = testWorkspace();
    const archive = await archiveOf({ statements });
    const { tables = [] } = await restoreFile(archive, targetIn(workspace));
    // Compared with the archive by the restore itself; here that it is in the database.
    const content = await contentOf(workspace);
    expect(content.tables).toEqual(tables.filter(({ name }) => name !== 'sqlite_sequence'));
  });

  it('makes a database where there is none, and says in its journal what it is', async () => {
    const workspace = testWorkspace();
    const result = await restoreFile(await archiveOf(), targetIn(workspace));
    expect(result).toMatchObject({ outcome: 'restored', undo: undefined, lastMigration: '0001_art.sql' });
    const [journal = [], metadata = [], art = []] = await execute(
      workspace,
      'SELECT action, outcome, detail FROM d1_migrate_journal',
      'SELECT key, value FROM d1_migrate_metadata',
      'SELECT title FROM art ORDER BY id',
    );
    expect(journal).toEqual([
      { action: 'restore', outcome: 'applied', detail: expect.stringContaining('backup-2025-09-04') },
    ]);
    expect(metadata).toEqual([{ key: 'environment', value: 'development' }]);
    expect(art).toEqual([{ title: 'Mural' }, { title: 'Statue' }]);
  });

  it('leaves a database that is not empty as it is, and says what would be lost', async () => {
    const workspace = testWorkspace();
    await execute(workspace, 'CREATE TABLE mine (x)', 'INSERT INTO mine VALUES (1), (2)');
    const before = await contentOf(workspace);
    const error = await errorOf(restoreFile(await archiveOf(), targetIn(workspace)));
    expect(error).toMatchObject({ code: 'target-not-empty', exitCode: 2 });
    expect(error.message).toContain('1 table with 2 rows');
    expect(error.notes).toContain('  mine: 2 rows');
    expect(await contentOf(workspace)).toEqual(before);
  });

  it('replaces it when that is said, and its snapshot brings back what was there', async () => {
    const workspace = testWorkspace();
    await execute(workspace, 'CREATE TABLE mine (x)', 'INSERT INTO mine VALUES (1), (2)');
    const before = await contentOf(workspace);
    const result = await restoreFile(await archiveOf(), targetIn(workspace), { overwrite: true });
    expect(result.plan.database?.lost).toEqual([{ name: 'mine', rows: 2 }]);
    expect((await contentOf(workspace)).tables.map(({ name }) => name)).toEqual(['d1_migrations', 'art']);
    expect(result.undo).toMatchObject({ kind: 'snapshot' });
    await restoreSnapshot(localDatabase(targetIn(workspace)));
    expect(await contentOf(workspace)).toEqual(before);
  });

  it('shows in a dry run what it would do, and changes nothing', async () => {
    const workspace = testWorkspace();
    await execute(workspace, 'CREATE TABLE mine (x)');
    const before = await contentOf(workspace);
    const result = await restoreFile(await archiveOf(), targetIn(workspace), { dryRun: true });
    expect(result).toMatchObject({
      outcome: 'dry-run',
      plan: { database: { lost: [{ name: 'mine', rows: 0 }] } },
    });
    expect(await contentOf(workspace)).toEqual(before);
  });

  it('makes the database of the environment it is restored into, whatever environment the archive is of', async () => {
    const workspace = testWorkspace();
    const stamp = [
      'CREATE TABLE d1_migrate_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL)',
      `INSERT INTO d1_migrate_metadata VALUES ('environment', 'production'), ('lock', '{"run":"x","until":"9999-01-01T00:00:00Z","fence":3}')`,
    ];
    const archive = await archiveOf({
      statements: [...STATEMENTS, ...stamp],
      environment: { name: 'production', location: 'remote' },
    });
    await restoreFile(archive, targetIn(workspace));
    const [metadata = []] = await execute(workspace, 'SELECT key, value FROM d1_migrate_metadata');
    expect(metadata).toEqual([{ key: 'environment', value: 'development' }]);
  });

  it('refuses a database that is stamped with another name', async () => {
    const workspace = testWorkspace();
    await execute(
      workspace,
      'CREATE TABLE d1_migrate_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL)',
      "INSERT INTO d1_migrate_metadata VALUES ('environment', 'staging')",
    );
    const restoring = restoreFile(await archiveOf(), targetIn(workspace), { overwrite: true });
    expect(await errorOf(restoring)).toMatchObject({ code: 'wrong-environment' });
  });

  it('does not replace a database that another process has open', async () => {
    const workspace = testWorkspace();
    const d1 = openLocalD1(localDatabase(targetIn(workspace)));
    try {
      await d1.batch(['CREATE TABLE mine (x)']);
      const restoring = restoreFile(await archiveOf(), targetIn(workspace), { overwrite: true });
      expect(await errorOf(restoring)).toMatchObject({ code: 'database-in-use' });
      expect(await d1.batch(['SELECT * FROM mine'])).toEqual([[]]);
    } finally {
      await d1.close();
    }
  });

  it('writes nothing when the archive is damaged, and names the entry', async () => {
    const workspace = testWorkspace({ wranglerToml: BUCKETS });
    const entries = new Map(await testEntries({ statements: STATEMENTS, photos: PHOTOS }));
    entries.set('photos/originals/a.jpg', Buffer.from('other'));
    writeFiles(workspace.root, { 'damaged.zip': await zip(entries) });
    const error = await errorOf(restoreFile(join(workspace.root, 'damaged.zip'), targetIn(workspace)));
    expect(error).toMatchObject({ code: 'damaged-archive' });
    expect(error.notes.join('\n')).toContain('photos/originals/a.jpg');
    expect(await keysOf(workspace)).toEqual([]);
    expect((await contentOf(workspace)).objects).toEqual([]);
  });

  it('takes an archive of another tool, whose statements are in an order that D1 refuses', async () => {
    const workspace = testWorkspace();
    const sql = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id));
INSERT INTO child VALUES (1, 7);
CREATE TABLE parent (id INTEGER PRIMARY KEY);
INSERT INTO parent VALUES (7);
CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN SELECT 1; END;
CREATE VIEW v AS SELECT * FROM child;
`;
    writeFiles(workspace.root, { 'foreign.zip': await zip([['database.sql', Buffer.from(sql)]]) });
    const result = await restoreFile(join(workspace.root, 'foreign.zip'), targetIn(workspace));
    expect(result.tables?.map(({ name, rows }) => [name, rows])).toEqual([
      ['parent', 1],
      ['child', 1],
    ]);
  });
});

describe('the photos of a restore', () => {
  it('come into the bucket under their keys, with what R2 knew of them', async () => {
    const workspace = testWorkspace({ wranglerToml: BUCKETS });
    await restoreFile(await archiveOf({ photos: PHOTOS }), targetIn(workspace), { parts: 'photos' });
    expect(await keysOf(workspace)).toEqual(Object.keys(PHOTOS).toSorted());
    const store = bucketOf(workspace);
    const { metadata, body } = await store.open('../odd:key');
    expect(metadata).toEqual({ contentType: 'image/jpeg', custom: {} });
    expect(Buffer.concat(await body.toArray()).toString()).toBe('odd');
    await store.close();
  });

  it('replace no object with another content unless that is said, and leave others alone', async () => {
    const workspace = testWorkspace({ wranglerToml: BUCKETS });
    const archive = await archiveOf({ photos: PHOTOS });
    const older = await archiveOf({ photos: { 'originals/a.jpg': 'older', 'originals/b.jpg': 'mine' } });
    await restoreFile(older, targetIn(workspace), { parts: 'photos' });
    const error = await errorOf(restoreFile(archive, targetIn(workspace), { parts: 'photos' }));
    expect(error).toMatchObject({ code: 'target-not-empty' });
    expect(error.notes).toContain('  "originals/a.jpg"');
    const request = { parts: 'photos', overwrite: true } as const;
    const { plan } = await restoreFile(archive, targetIn(workspace), request);
    expect(plan.photos).toMatchObject({
      replaced: new Map([['originals/a.jpg', expect.any(String)]]),
      unchanged: 0,
      others: 1,
    });
    expect(await keysOf(workspace)).toEqual([...Object.keys(PHOTOS), 'originals/b.jpg'].toSorted());
    const again = await restoreFile(archive, targetIn(workspace), { parts: 'photos' });
    expect(again.plan.photos).toMatchObject({ missing: [], unchanged: 3 });
  });

  it('can be those below a prefix alone', async () => {
    const workspace = testWorkspace({ wranglerToml: BUCKETS });
    const archive = await archiveOf({ photos: PHOTOS });
    await restoreFile(archive, targetIn(workspace), { parts: 'photos', prefix: 'thumbnails/' });
    expect(await keysOf(workspace)).toEqual(['thumbnails/a.jpg']);
  });

  it('need a bucket, which is said before the database is touched', async () => {
    const workspace = testWorkspace();
    const archive = await archiveOf({ statements: STATEMENTS, photos: PHOTOS });
    expect(await errorOf(restoreFile(archive, targetIn(workspace)))).toMatchObject({ code: 'no-bucket' });
    expect((await contentOf(workspace)).objects).toEqual([]);
  });
});
