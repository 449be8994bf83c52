import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { errorOf, targetIn } from 'd1-core/testing';
import { readMigrationState } from '../format/migration-state.ts';
import { backupWorkspace, objectsIn, outputOf, putLocalObjects, save, sha256 } from '../testing/backups.ts';
import { DIFFICULT_TOGETHER } from '../testing/difficult.ts';
import { contentOf, execute, restoreFile } from '../testing/restores.ts';
import { verifyFile } from '../testing/verification.ts';
import { openArchive } from '../zip/open-archive.ts';
import { LOCK_FILE } from './output-lock.ts';

const MIGRATION = 'CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT);\n';

async function proved(file: string | undefined) {
  const result = await verifyFile(file ?? '', 'restore');
  expect(result.problems).toEqual([]);
  return result;
}

describe('a backup of a local environment', () => {
  it('saves database and photos in one archive that is proved, and restores equal elsewhere', async () => {
    const workspace = backupWorkspace({ migrations: { '0001_artists.sql': MIGRATION } });
    await execute(
      workspace,
      MIGRATION.replace(';\n', ''),
      "INSERT INTO artists VALUES (1, 'Käthe'), (2, 'Ada')",
      'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
      "INSERT INTO d1_migrations (name, applied_at) VALUES ('0001_artists.sql', '2025-09-04 12:00:00')",
    );
    const photos = {
      'originals/a.jpg': 'one',
      'originals/large.jpg': randomBytes(3_000_000),
      'thumbnails/a.jpg': 'small',
      '../odd\nname': 'odd',
    };
    await putLocalObjects(workspace, photos);
    const result = await save(workspace, targetIn(workspace), {
      now: () => new Date('2025-09-04T14:30:22.500Z'),
    });
    expect(result).toMatchObject({
      file: join(outputOf(workspace), 'backup-2025-09-04-143022.development.test-development.zip'),
      proof: { result: 'restored' },
      database: { consistent: true, bookmark: null },
      photos: { objects: 4, reused: 0, problems: [] },
      warnings: [],
    });
    expect(readdirSync(outputOf(workspace))).toEqual([
      'backup-2025-09-04-143022.development.test-development.zip',
    ]);
    await proved(result.file);
    expect(await objectsIn(result.file ?? '')).toEqual(
      new Map(
        Object.entries(photos)
          .map(([key, content]) => [key, sha256(content)] as const)
          .sort(),
      ),
    );
    const other = backupWorkspace();
    await restoreFile(result.file ?? '', targetIn(other));
    expect(await contentOf(other)).toEqual(await contentOf(workspace));
  });

  it('says in the archive what it is, where the migrations stand, and how to restore it', async () => {
    const workspace = backupWorkspace({ migrations: { '0001_artists.sql': MIGRATION } });
    await execute(workspace, 'CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT)');
    const { file = '' } = await save(workspace, targetIn(workspace));
    const archive = await openArchive(file);
    const read = async (path: string) => text(await archive.open(path));
    expect([...archive.entries.keys()].at(-1)).toBe('metadata.json');
    expect(archive.metadata).toMatchObject({
      environment: { name: 'development', location: 'local' },
      database: { name: 'test-development', mode: 'online', tables: [{ name: 'artists', rows: 0 }] },
    });
    expect(readMigrationState(await read('migration_state.json'), file)).toMatchObject({
      historyTable: 'd1_migrations',
      applied: [],
      files: [{ name: '0001_artists.sql', rawChecksum: sha256(MIGRATION) }],
    });
    const readme = await read('README.md');
    expect(readme).toContain(`# ${basename(file)}`);
    expect(readme).toContain(`npx d1-backup restore --env=development --archive=<path>/${basename(file)}`);
    await archive.close();
  });

  it('gives back every value, index, trigger and search that dumps are known to get wrong', async () => {
    const workspace = backupWorkspace();
    await execute(workspace, ...DIFFICULT_TOGETHER);
    const { file = '' } = await save(workspace, targetIn(workspace), { parts: 'database' });
    const other = backupWorkspace();
    await restoreFile(file, targetIn(other));
    expect(await contentOf(other)).toEqual(await contentOf(workspace));
  });

  it('may leave out the proof, and says so in the archive', async () => {
    const workspace = backupWorkspace();
    await execute(workspace, 'CREATE TABLE a (v)');
    const { file = '', proof } = await save(workspace, targetIn(workspace), { verify: false });
    expect(proof).toEqual({ result: 'skipped', at: null });
    const archive = await openArchive(file);
    expect(archive.metadata?.proof).toEqual({ result: 'skipped', at: null });
    await archive.close();
    await proved(file);
  });

  it('writes nothing when it is only asked what it would do', async () => {
    const workspace = backupWorkspace();
    await execute(workspace, 'CREATE TABLE a (v)', 'INSERT INTO a VALUES (1), (2)');
    await putLocalObjects(workspace, { a: 'one' });
    const result = await save(workspace, targetIn(workspace), { dryRun: true });
    expect(result).toMatchObject({
      outcome: 'dry-run',
      file: undefined,
      database: { tables: [{ name: 'a', rows: 2 }] },
      photos: { objects: 1, bytes: 3 },
    });
    expect(readdirSync(workspace.root)).not.toContain('backups');
  });

  it('may be of the photos alone, or of those with a prefix', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { 'a/1': 'one', 'a/2': 'two', 'b/1': 'three' });
    const { file = '' } = await save(workspace, targetIn(workspace), { parts: 'photos', prefix: 'a/' });
    expect([...(await objectsIn(file)).keys()]).toEqual(['a/1', 'a/2']);
    await proved(file);
  });
});

describe('a backup takes photos that have not changed', () => {
  it('from an earlier archive', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { same: 'same', changed: 'before', gone: 'gone' });
    const first = await save(workspace, targetIn(workspace), { parts: 'photos' });
    await putLocalObjects(workspace, { changed: 'after', added: 'added' });
    const second = await save(workspace, targetIn(workspace), { parts: 'photos', previous: first.file });
    expect(second.photos).toMatchObject({ objects: 4, reused: 2, problems: [] });
    expect((await objectsIn(second.file ?? '')).get('changed')).toBe(sha256('after'));
  });
});

describe('the name of an archive', () => {
  it('is never one that exists: a second archive waits for the next second', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { a: 'one' });
    const times = ['2025-09-04T14:30:22.990Z', '2025-09-04T14:30:22.991Z', '2025-09-04T14:30:23.001Z'].map(
      (time) => new Date(time),
    );
    const now = () => times.shift() ?? new Date('2025-09-04T14:31:00Z');
    const request = { parts: 'photos', now, verify: false } as const;
    const first = await save(workspace, targetIn(workspace), {
      ...request,
      now: () => new Date('2025-09-04T14:30:22.100Z'),
    });
    const before = readFileSync(first.file ?? '');
    const second = await save(workspace, targetIn(workspace), request);
    expect(basename(second.file ?? '')).toBe('backup-2025-09-04-143023.development.photos.zip');
    expect(readFileSync(first.file ?? '').equals(before)).toBe(true);
  });

  it('may be older than that of an earlier archive, when the clock was put back', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { a: 'one' });
    for (const time of ['2025-09-04T14:30:22Z', '2024-01-01T00:00:00Z']) {
      await save(workspace, targetIn(workspace), { parts: 'photos', now: () => new Date(time) });
    }
    expect(readdirSync(outputOf(workspace)).sort()).toEqual([
      'backup-2024-01-01-000000.development.photos.zip',
      'backup-2025-09-04-143022.development.photos.zip',
    ]);
  });
});

describe('a backup is refused', () => {
  it('while another one writes into the folder, and takes over the lock of one that is dead', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { a: 'one' });
    const lock = join(outputOf(workspace), LOCK_FILE);
    const lockOf = (pid: number) => JSON.stringify({ id: 'x', pid, host: hostname() });
    mkdirSync(outputOf(workspace));
    writeFileSync(lock, lockOf(process.pid));
    const error = await errorOf(save(workspace, targetIn(workspace), { parts: 'photos' }));
    expect(error).toMatchObject({ code: 'locked', exitCode: 11, location: { file: lock } });
    expect(readFileSync(lock, 'utf8')).toBe(lockOf(process.pid));
    writeFileSync(lock, lockOf(2 ** 22 + 1));
    const { file = '' } = await save(workspace, targetIn(workspace), { parts: 'photos' });
    expect(readdirSync(outputOf(workspace))).toEqual([basename(file)]);
  });

  it('where there is no local database, or no bucket', async () => {
    const workspace = backupWorkspace();
    expect(await errorOf(save(workspace, targetIn(workspace)))).toMatchObject({
      code: 'no-local-database',
      exitCode: 2,
      notes: ['No archive was made. Earlier archives are as they were.'],
    });
    expect(readdirSync(outputOf(workspace))).toEqual([]);
    const without = backupWorkspace({
      wranglerToml: '[[d1_databases]]\nbinding = "DB"\ndatabase_id = "x"\n',
    });
    expect(await errorOf(save(without, targetIn(without), { parts: 'photos' }))).toMatchObject({
      code: 'no-bucket',
      exitCode: 2,
    });
  });

  it('before anything is written, when the earlier archive is not there', async () => {
    const workspace = backupWorkspace();
    const previous = join(workspace.root, 'backup-2020-01-01-000000.zip');
    expect(await errorOf(save(workspace, targetIn(workspace), { parts: 'photos', previous }))).toMatchObject({
      code: 'no-archive',
      exitCode: 2,
    });
    expect(readdirSync(workspace.root)).not.toContain('backups');
  });

  it('of a database that is stamped with the name of another environment', async () => {
    const workspace = backupWorkspace();
    await execute(
      workspace,
      'CREATE TABLE d1_migrate_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL)',
      "INSERT INTO d1_migrate_metadata VALUES ('environment', 'production')",
    );
    expect(await errorOf(save(workspace, targetIn(workspace), { parts: 'database' }))).toMatchObject({
      code: 'wrong-environment',
      exitCode: 2,
    });
  });
});
