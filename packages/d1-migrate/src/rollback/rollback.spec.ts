import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfWorkspace, testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { errorOf, identify, migrateIn, query, statesIn, targetIn } from '../testing/index.ts';
import { writeScripts } from '../testing/scripts.ts';
import { describeRollback, describeRollbackPlan, goBack, rollback, rollbackDocument } from './index.ts';
import type { RollbackPlan, RollbackRequest, RollbackResult } from './index.ts';

const MIGRATIONS = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
  '0002_mail.sql': 'ALTER TABLE users ADD COLUMN mail TEXT;\n',
  '0003_posts.sql':
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));\nCREATE INDEX idx_posts_user_id ON posts (user_id);\n',
};

const rollbackIn = (
  workspace: TestWorkspace,
  request: Partial<RollbackRequest> = {},
): Promise<RollbackResult> =>
  rollback({
    target: targetIn(workspace),
    identify,
    dryRun: false,
    acceptDataLoss: [],
    approve: async () => undefined,
    ...request,
  });

const migrated = (migrations: Readonly<Record<string, string>> = MIGRATIONS): Promise<TestWorkspace> =>
  copyOfWorkspace({ migrations }, async (workspace) => {
    await writeScripts(workspace);
    await migrateIn(workspace);
  });

describe('rolling migrations back', () => {
  it('rolls back the last one, with its row of the history, and notes it in the journal', async () => {
    const workspace = await migrated();
    const result = await rollbackIn(workspace);
    expect(result).toMatchObject({
      outcome: 'rolled-back',
      migrations: [{ name: '0003_posts.sql', outcome: 'rolled-back' }],
      warnings: [],
    });
    expect(await statesIn(workspace)).toEqual({
      '0001_users.sql': 'applied',
      '0002_mail.sql': 'applied',
      '0003_posts.sql': 'pending',
    });
    expect(await query(workspace, "SELECT name FROM sqlite_master WHERE name LIKE '%posts%'")).toEqual([]);
    expect(
      await query(workspace, "SELECT migration, outcome FROM d1_migrate_journal WHERE action = 'rollback'"),
    ).toEqual([
      { migration: '0003_posts.sql', outcome: 'started' },
      { migration: '0003_posts.sql', outcome: 'applied' },
    ]);
    expect((await migrateIn(workspace)).outcome).toBe('applied');
  });

  it('shows script, class and what will be lost before it asks, and changes nothing in a dry run', async () => {
    const workspace = await migrated();
    await query(workspace, "INSERT INTO users (name, mail) VALUES ('a', 'a@b'), ('c', NULL)");
    await query(workspace, 'INSERT INTO posts (user_id) VALUES (1)');
    let shown: RollbackPlan | undefined;
    const result = await rollbackIn(workspace, {
      to: '1',
      dryRun: true,
      approve: async (plan) => void (shown = plan),
    });
    expect(result.outcome).toBe('dry-run');
    expect(shown?.losses).toEqual([
      { table: 'users', column: 'mail', count: 1 },
      { table: 'posts', column: undefined, count: 1 },
    ]);
    const text = terminalText(describeRollbackPlan(result.plan));
    expect(text).toContain('0003_posts.sql (exact)');
    expect(text).toContain('DROP TABLE posts;');
    expect(text).toContain('users.mail: 1 value');
    expect(rollbackDocument(result)).toMatchObject({
      outcome: 'dry-run',
      lostNow: [{ count: 1 }, { count: 1 }],
    });
    expect(await query(workspace, 'SELECT count(*) AS n FROM posts')).toEqual([{ n: 1 }]);
  });

  it('rolls several back in one run, and keeps the rows of the tables that stay', async () => {
    const workspace = await migrated();
    await query(workspace, "INSERT INTO users (id, name) VALUES (7, 'seven')");
    expect((await rollbackIn(workspace, { steps: 2 })).outcome).toBe('rolled-back');
    expect(await query(workspace, 'SELECT * FROM users')).toEqual([{ id: 7, name: 'seven' }]);
    expect((await rollbackIn(workspace, { to: '0' })).outcome).toBe('rolled-back');
    expect((await rollbackIn(workspace)).outcome).toBe('nothing-applied');
  });

  it('stops at a script that fails on the rows of this database, and changes nothing of that migration', async () => {
    const workspace = await migrated({
      ...MIGRATIONS,
      '0004_loose.sql': `CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER);
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX idx_posts_user_id ON posts (user_id);
`,
      '0005_tags.sql': 'CREATE TABLE tags (name TEXT PRIMARY KEY);\n',
    });
    await query(workspace, 'INSERT INTO posts (user_id) VALUES (99)');
    const result = await rollbackIn(workspace, { steps: 2 });
    expect(result).toMatchObject({
      outcome: 'failed',
      migrations: [
        { name: '0005_tags.sql', outcome: 'rolled-back' },
        { name: '0004_loose.sql', outcome: 'failed' },
      ],
      error: { code: 'sql-constraint' },
    });
    expect(result.error?.notes).toContain('Rolled back before it: 0005_tags.sql; nothing of 0004_loose.sql.');
    expect(terminalText(describeRollback(result))).toContain('0004_loose.sql (still applied)');
    expect(await query(workspace, 'SELECT user_id FROM posts')).toEqual([{ user_id: 99 }]);
  });

  it('refuses a migration that never had a script, and says what remains possible', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    await migrateIn(workspace);
    expect(await errorOf(rollbackIn(workspace))).toMatchObject({
      code: 'no-rollback-script',
      notes: [expect.stringContaining('--strategy=snapshot'), expect.stringContaining('restore --archive=')],
    });
    expect(await statesIn(workspace)).toMatchObject({ '0003_posts.sql': 'applied' });
  });

  it.each([
    [
      'rollback-unsigned',
      (workspace: TestWorkspace) =>
        workspace.write({ 'migrations/rollback/0003_posts.sql': 'DROP TABLE posts;\n' }),
    ],
    [
      'drifted',
      (workspace: TestWorkspace) => query(workspace, 'CREATE INDEX idx_users_name ON users (name)'),
    ],
  ])('refuses with %s, says what remains possible, and changes nothing', async (code, spoil) => {
    const workspace = await migrated();
    await spoil(workspace);
    const error = await errorOf(rollbackIn(workspace));
    expect(error.code).toBe(code);
    expect(error.notes.join('\n')).toContain('--strategy=snapshot');
    expect(await statesIn(workspace)).toMatchObject({ '0003_posts.sql': 'applied' });
  });

  it('refuses a script that was written for another version than the one that is applied', async () => {
    const workspace = await migrated();
    const changed = `${MIGRATIONS['0003_posts.sql']}CREATE INDEX idx_posts_both ON posts (id, user_id);\n`;
    workspace.write({ 'migrations/0003_posts.sql': changed });
    await writeScripts(workspace, { only: '0003_posts.sql', force: true });
    expect(await errorOf(rollbackIn(workspace))).toMatchObject({ code: 'rollback-stale' });
  });

  it('names the way out of an irreversible migration', async () => {
    const workspace = await migrated({ ...MIGRATIONS, '0004_x.sql': "UPDATE users SET name = 'x';\n" });
    expect(await errorOf(rollbackIn(workspace))).toMatchObject({
      code: 'irreversible',
      notes: [expect.stringContaining('--strategy=snapshot'), expect.stringContaining('restore --archive=')],
    });
  });

  it('works from the journal where the files are not on this branch', async () => {
    const workspace = await migrated();
    rmSync(join(workspace.root, 'migrations/0003_posts.sql'));
    rmSync(join(workspace.root, 'migrations/rollback/0003_posts.sql'));
    const result = await rollbackIn(workspace);
    expect(result.plan.unchecked).toEqual([expect.stringContaining('0003_posts.sql is missing here')]);
    expect(result.outcome).toBe('rolled-back');
    expect(await query(workspace, "SELECT name FROM sqlite_master WHERE name = 'posts'")).toEqual([]);
  });
});

describe('going back to a snapshot', () => {
  const goBackIn = (workspace: TestWorkspace, dryRun = false) =>
    goBack({
      target: targetIn(workspace),
      strategy: 'snapshot',
      identify,
      dryRun,
      approve: async () => undefined,
    });

  it('restores the database from before the last migrate, with its rows, and can be undone', async () => {
    const workspace = testWorkspace({ migrations: { '0001_users.sql': MIGRATIONS['0001_users.sql'] } });
    await migrateIn(workspace);
    await query(workspace, "INSERT INTO users (name) VALUES ('kept')");
    workspace.write({
      'migrations/0002_wipe.sql': '-- d1-migrate: expect-rows-lost users: a test\nDELETE FROM users;\n',
    });
    await migrateIn(workspace);
    expect((await goBackIn(workspace, true)).outcome).toBe('dry-run');
    expect(await query(workspace, 'SELECT * FROM users')).toEqual([]);

    const result = await goBackIn(workspace);
    expect(result).toMatchObject({ outcome: 'restored', last: '0001_users.sql', warnings: [] });
    expect(await query(workspace, 'SELECT name FROM users')).toEqual([{ name: 'kept' }]);
    expect(await statesIn(workspace)).toMatchObject({ '0002_wipe.sql': 'pending' });
    expect(await query(workspace, "SELECT outcome FROM d1_migrate_journal WHERE action = 'restore'")).toEqual(
      [{ outcome: 'applied' }],
    );
  });

  it('says that a local database has no Time Travel', async () => {
    const workspace = await migrated();
    const request = { target: targetIn(workspace), identify, dryRun: false, approve: async () => undefined };
    expect(await errorOf(goBack({ ...request, strategy: 'time-travel' }))).toMatchObject({
      code: 'wrong-strategy',
      fix: '--strategy=snapshot',
    });
  });
});
