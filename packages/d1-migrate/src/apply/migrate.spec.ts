import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { runWrangler, targetArguments } from 'd1-core/wrangler';
import { listSnapshots, restoreSnapshot } from 'd1-core/snapshot';
import { localDatabase, wranglerTarget } from 'd1-core/target';
import {
  errorOf,
  execute,
  identify,
  migratedWorkspace,
  migrateIn,
  query,
  statesIn,
  targetIn,
} from '../testing/index.ts';
import { migrate } from './migrate.ts';

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL);\n';
const B = "INSERT INTO a (x) VALUES ('one');\n";
const C = 'CREATE TABLE c (id INTEGER PRIMARY KEY);\n';

const outcomes = ({ migrations }: Awaited<ReturnType<typeof migrateIn>>) =>
  migrations.map(({ name, outcome }) => `${name} ${outcome}`);

describe('migrating a local database', () => {
  it('applies what is pending in order, records it, and has nothing to do the second time', async () => {
    const workspace = testWorkspace({ migrations: { '0002_b.sql': B, '0001_a.sql': A } });
    const first = await migrateIn(workspace);
    expect(first.outcome).toBe('applied');
    expect(outcomes(first)).toEqual(['0001_a.sql applied', '0002_b.sql applied']);
    expect(await query(workspace, 'SELECT id, name FROM d1_migrations ORDER BY id')).toEqual([
      { id: 1, name: '0001_a.sql' },
      { id: 2, name: '0002_b.sql' },
    ]);
    expect(await query(workspace, `SELECT value FROM d1_migrate_metadata WHERE key = 'environment'`)).toEqual(
      [{ value: 'development' }],
    );
    expect(
      await query(workspace, 'SELECT migration, outcome, actor FROM d1_migrate_journal ORDER BY id'),
    ).toEqual([
      { migration: '0001_a.sql', outcome: 'started', actor: 'tester' },
      { migration: '0002_b.sql', outcome: 'started', actor: 'tester' },
      { migration: '0001_a.sql', outcome: 'applied', actor: 'tester' },
      { migration: '0002_b.sql', outcome: 'applied', actor: 'tester' },
    ]);

    const second = await migrateIn(workspace);
    expect(second.outcome).toBe('nothing-pending');
    expect(await query(workspace, 'SELECT count(*) AS rows FROM a')).toEqual([{ rows: 1 }]);
    expect(await query(workspace, 'SELECT count(*) AS rows FROM d1_migrate_journal')).toEqual([{ rows: 4 }]);
  });

  it('takes a snapshot of the database before it is changed, and none where there is no database yet', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    expect((await migrateIn(workspace)).snapshot).toBeNull();
    workspace.write({ 'migrations/0002_b.sql': 'DROP TABLE a;\n' });
    const { snapshot } = await migrateIn(workspace);
    const database = localDatabase(targetIn(workspace));
    expect(await listSnapshots(database)).toMatchObject([{ id: snapshot, before: ['0002_b.sql'] }]);
    await restoreSnapshot(database);
    expect(await query(workspace, 'SELECT * FROM a')).toEqual([]);
    expect(await statesIn(workspace)).toMatchObject({ '0002_b.sql': 'pending' });
  });

  it('changes nothing in a dry run', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const result = await migrateIn(workspace, { dryRun: true });
    expect(result.outcome).toBe('dry-run');
    expect(outcomes(result)).toEqual(['0001_a.sql not-run']);
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`)).toEqual([]);
  });

  it('changes nothing without consent', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    await expect(migrateIn(workspace, { approve: () => Promise.reject(new Error('no')) })).rejects.toThrow(
      'no',
    );
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`)).toEqual([]);
  });

  it('names the migration and the statement that failed, and what is in the database now', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_a.sql': A,
        '0002_bad.sql':
          '-- comment\nCREATE TABLE b (id INTEGER PRIMARY KEY);\n\nPRAGMA journal_mode = WAL;\nSELECT 1;\n',
        '0003_c.sql': C,
      },
    });
    const result = await migrateIn(workspace);
    expect(result.outcome).toBe('failed');
    expect(outcomes(result)).toEqual(['0001_a.sql applied', '0002_bad.sql failed', '0003_c.sql not-run']);
    expect(result.error).toMatchObject({
      code: 'sql-not-authorized',
      message: '0002_bad.sql failed: not authorized',
      location: { file: join(workspace.root, 'migrations/0002_bad.sql'), line: 4, column: 1 },
    });
    const notes = result.error?.notes.join('\n') ?? '';
    expect(notes).toContain('Statement 2 of 3:');
    expect(notes).toContain('> 4 | PRAGMA journal_mode = WAL;');
    expect(notes).toContain('In the database now: 0001_a.sql; nothing of 0002_bad.sql, 0003_c.sql.');
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name IN ('a', 'b', 'c')`)).toEqual([
      { name: 'a' },
    ]);
    expect(
      await query(workspace, `SELECT migration FROM d1_migrate_journal WHERE outcome = 'failed'`),
    ).toEqual([{ migration: '0002_bad.sql' }]);

    workspace.write({ 'migrations/0002_bad.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n' });
    const repaired = await migrateIn(workspace);
    expect(outcomes(repaired)).toEqual(['0002_bad.sql applied', '0003_c.sql applied']);
  });

  it('finds a statement that fails only on the rows of this database', async () => {
    const workspace = await migratedWorkspace({ '0001_a.sql': A });
    await execute(workspace, B);
    workspace.write({ 'migrations/0003_c.sql': `${C}ALTER TABLE a ADD COLUMN y TEXT NOT NULL;\n` });
    const { error } = await migrateIn(workspace);
    expect(error).toMatchObject({ location: { line: 2, column: 1 } });
    expect(error?.message).toBe('0003_c.sql failed: Cannot add a NOT NULL column with default value NULL');
  });

  it.each([
    ['duplicate-number', { '0001_a.sql': A, '0001_c.sql': C }],
    ['rollback-as-migration', { '0001_a.sql': A, '0001_a.down.sql': 'DROP TABLE a;\n' }],
    ['missing-semicolon', { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY)' }],
    ['unterminated-comment', { '0001_a.sql': `${A}/* never closed` }],
    ['unterminated-quote', { '0001_a.sql': `${A}SELECT 'never closed;\n` }],
  ])('refuses to run a folder with %s, before anything is applied', async (code, migrations) => {
    const workspace = testWorkspace({ migrations });
    const error = await errorOf(migrateIn(workspace));
    expect(error.code).toBe(code);
    expect(error.fix).not.toBe('');
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`)).toEqual([]);
  });

  it('runs an old history with its duplicate numbers when it is accepted up to there', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0001_c.sql': C, '0002_b.sql': B } });
    const result = await migrateIn(workspace, { target: targetIn(workspace, { startAfter: '0001' }) });
    expect(outcomes(result)).toEqual(['0001_a.sql applied', '0001_c.sql applied', '0002_b.sql applied']);
    const wrong = migrateIn(workspace, { target: targetIn(workspace, { startAfter: '0001_d.sql' }) });
    expect(await errorOf(wrong)).toMatchObject({ code: 'unknown-start-after', exitCode: 2 });
  });

  it('refuses to run an applied migration again under another name', async () => {
    const workspace = await migratedWorkspace({ '0001_a.sql': A });
    renameSync(
      join(workspace.root, 'migrations/0001_a.sql'),
      join(workspace.root, 'migrations/0001_renamed.sql'),
    );
    const error = await errorOf(migrateIn(workspace));
    expect(error).toMatchObject({
      code: 'renamed',
      fix: 'Give it back its old name: mv 0001_renamed.sql 0001_a.sql',
    });
  });

  it('refuses a database that is stamped with another environment', async () => {
    const workspace = await migratedWorkspace({ '0001_a.sql': A });
    await query(workspace, `UPDATE d1_migrate_metadata SET value = 'production'`);
    const error = await errorOf(migrateIn(workspace));
    expect(error).toMatchObject({ code: 'wrong-environment', exitCode: 2 });
    expect(error.message).toContain('stamped "production"');
  });

  it('goes on where wrangler alone has been, and notes it in the journal', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const target = targetIn(workspace);
    await runWrangler(target.wrangler, {
      args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
      cwd: workspace.root,
    });
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'applied' });
    workspace.write({ 'migrations/0002_b.sql': B });
    expect(outcomes(await migrateIn(workspace))).toEqual(['0002_b.sql applied']);
    expect(await query(workspace, `SELECT migration FROM d1_migrate_journal WHERE action = 'adopt'`)).toEqual(
      [{ migration: '0001_a.sql' }],
    );
    workspace.write({ 'migrations/0001_a.sql': `${A}SELECT 'changed';\n` });
    expect(await statesIn(workspace)).toMatchObject({ '0001_a.sql': 'modified' });
  });

  it('believes the database when wrangler ends well without having done its work', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    workspace.write({ 'pretend.mjs': 'console.log("✅ all applied");' });
    const target = targetIn(workspace);
    const result = await migrate({
      target: { ...target, wrangler: { ...target.wrangler, bin: join(workspace.root, 'pretend.mjs') } },
      identify,
      dryRun: false,
      approve: async () => undefined,
    });
    expect(result.outcome).toBe('failed');
    expect(outcomes(result)).toEqual(['0001_a.sql not-run']);
    expect(result.error?.message).toContain('did not do its work');
  });

  it('believes the database when wrangler fails after having done its work', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const target = targetIn(workspace);
    workspace.write({
      'pretend.mjs': `
        import { spawnSync } from 'node:child_process';
        spawnSync(process.execPath, [${JSON.stringify(target.wrangler.bin)}, ...process.argv.slice(2)], { stdio: 'inherit' });
        process.kill(process.pid, 'SIGKILL');
      `,
    });
    const result = await migrate({
      target: { ...target, wrangler: { ...target.wrangler, bin: join(workspace.root, 'pretend.mjs') } },
      identify,
      dryRun: false,
      approve: async () => undefined,
    });
    expect(outcomes(result)).toEqual(['0001_a.sql applied']);
    expect(result.outcome).toBe('applied');
  });

  it('does not blame a migration for what another run did at the same time', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_c.sql': C } });
    const target = targetIn(workspace);
    // Another run has applied the first migration; this one's wrangler did not know it yet, and fails on it.
    await query(workspace, A);
    await query(
      workspace,
      'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE, applied_at TEXT)',
    );
    workspace.write({
      'pretend.mjs': `
        import { DatabaseSync } from 'node:sqlite';
        import { readdirSync } from 'node:fs';
        const folder = '.wrangler/state/v3/d1/miniflare-D1DatabaseObject/';
        const [file] = readdirSync(folder).filter((name) => /^[0-9a-f]{64}.sqlite$/.test(name));
        const database = new DatabaseSync(folder + file);
        database.exec("INSERT INTO d1_migrations (name) VALUES ('0001_a.sql')");
        database.close();
        console.error('✘ [ERROR] table a already exists at offset 13: SQLITE_ERROR');
        process.exitCode = 1;
      `,
    });
    const { error, migrations } = await migrateIn(workspace, {
      target: { ...target, wrangler: { ...target.wrangler, bin: join(workspace.root, 'pretend.mjs') } },
    });
    expect(migrations.map(({ outcome }) => outcome)).toEqual(['applied', 'failed']);
    expect(error).toMatchObject({
      code: 'changed-meanwhile',
      fix: 'Run it again: nothing is applied twice.',
    });
    expect((await migrateIn(workspace)).outcome).toBe('applied');
  });

  it.each([
    ['a file is edited', { 'migrations/0001_a.sql': 'CREATE TABLE other (x);\n' }, '0001_a.sql'],
    ['a file is added', { 'migrations/0000_first.sql': A }, '0000_first.sql'],
    ['a file is added after the others', { 'migrations/0002_b.sql': A }, '0002_b.sql'],
  ])('applies nothing when %s while the question stands', async (_, files, name) => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const error = await errorOf(migrateIn(workspace, { approve: async () => workspace.write(files) }));
    expect(error).toMatchObject({ code: 'changed-meanwhile', exitCode: 1 });
    expect(error.message).toContain(`${name} is not as it was`);
    expect((await statesIn(workspace))['0001_a.sql']).toBe('pending');
  });

  it('records a name with a quote under that name, or refuses it', async () => {
    const workspace = testWorkspace({ migrations: { "0001_o'brien.sql": A } });
    expect((await errorOf(migrateIn(workspace))).code).toBe('name-with-quote');
  });
});
