import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import {
  errorOf,
  execute,
  identify,
  migrateIn,
  query,
  startExecutor,
  statesIn,
  targetIn,
} from '../testing/index.ts';
import { baseline, describeBaselinePlan, type BaselineRequest } from './index.ts';

const MIGRATIONS = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
  '0002_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, text TEXT);\n',
  '0003_tags.sql': 'CREATE TABLE tags (name TEXT PRIMARY KEY NOT NULL);\n',
};

const USERS = 'create table "users" ("id" integer primary key, "name" text not null)';
const POSTS = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, text TEXT)';

/** A database that somebody has made by hand. */
async function workspaceWith(
  statements: readonly string[],
  migrations: Readonly<Record<string, string>> = MIGRATIONS,
): Promise<TestWorkspace> {
  const workspace = testWorkspace({ migrations });
  if (statements.length > 0) await execute(workspace, ...statements);
  return workspace;
}

const baselineIn = (workspace: TestWorkspace, request: Partial<BaselineRequest> = {}) =>
  baseline({
    target: targetIn(workspace),
    identify,
    dryRun: false,
    replaceHistory: false,
    approve: async () => undefined,
    ...request,
  });

describe('a baseline', () => {
  it('finds out which migrations a database has, records them without running them, and migrate goes on', async () => {
    const workspace = await workspaceWith([USERS, POSTS, "INSERT INTO users (name) VALUES ('kept')"]);
    const result = await baselineIn(workspace);
    expect(result).toMatchObject({
      outcome: 'recorded',
      warnings: [],
      plan: { last: { name: '0002_posts.sql' }, recorded: ['0001_users.sql', '0002_posts.sql'] },
    });
    expect(await statesIn(workspace)).toEqual({
      '0001_users.sql': 'applied',
      '0002_posts.sql': 'applied',
      '0003_tags.sql': 'pending',
    });
    expect(
      await query(workspace, 'SELECT action, migration, outcome FROM d1_migrate_journal ORDER BY id'),
    ).toEqual([
      { action: 'adopt', migration: '0001_users.sql', outcome: 'applied' },
      { action: 'adopt', migration: '0002_posts.sql', outcome: 'applied' },
    ]);
    expect((await migrateIn(workspace)).migrations).toEqual([{ name: '0003_tags.sql', outcome: 'applied' }]);
    expect(await query(workspace, 'SELECT name FROM users')).toEqual([{ name: 'kept' }]);
    expect((await baselineIn(workspace)).outcome).toBe('nothing-to-record');
  });

  it('shows what it would record in a dry run, and writes nothing', async () => {
    const workspace = await workspaceWith([USERS]);
    const { outcome, plan } = await baselineIn(workspace, { dryRun: true });
    expect(outcome).toBe('dry-run');
    expect(terminalText(describeBaselinePlan(plan))).toContain('Recorded as applied, without running them:');
    expect(await statesIn(workspace)).toMatchObject({ '0001_users.sql': 'pending' });
  });

  it('refuses a database that differs from all of them, with the difference to the nearest', async () => {
    const workspace = await workspaceWith([USERS, POSTS, 'CREATE INDEX stray ON posts (text)']);
    const error = await errorOf(baselineIn(workspace));
    expect(error.code).toBe('baseline-differs');
    expect(error.notes.join('\n')).toContain('after 0002_posts.sql');
    expect(error.notes.join('\n')).toContain('+ index stray');
    expect(await query(workspace, "SELECT name FROM sqlite_master WHERE name LIKE 'd1%'")).toEqual([]);
  });

  it('sends to migrate whoever has an empty database', async () => {
    expect(await errorOf(baselineIn(await workspaceWith([])))).toMatchObject({ code: 'database-empty' });
  });

  it('takes an accepted difference as it is', async () => {
    const workspace = await workspaceWith([USERS, 'CREATE TABLE analytics (n)']);
    workspace.write({ 'migrations/drift-ignore.json': '{ "table analytics": "made by the reports" }' });
    expect((await baselineIn(workspace)).plan.last.name).toBe('0001_users.sql');
  });

  it('names the migration that fits when another one was asked for', async () => {
    const workspace = await workspaceWith([USERS]);
    expect(await errorOf(baselineIn(workspace, { to: '3' }))).toMatchObject({
      code: 'baseline-differs',
      fix: expect.stringContaining('--to=0001_users.sql'),
    });
    expect(await errorOf(baselineIn(workspace, { to: '0001_usres' }))).toMatchObject({
      code: 'unknown-migration',
      fix: 'Did you mean --to=0001_users?',
    });
  });

  it('does not guess whether a migration that changes rows alone has run', async () => {
    const workspace = await workspaceWith([USERS], {
      '0001_users.sql': MIGRATIONS['0001_users.sql'],
      '0002_rows.sql': "INSERT INTO users (id, name) VALUES (1, 'first');\n",
    });
    expect(await errorOf(baselineIn(workspace))).toMatchObject({
      code: 'baseline-ambiguous',
      fix: expect.stringContaining('--to=0002_rows.sql'),
    });
    expect((await baselineIn(workspace, { to: '1' })).plan.recorded).toEqual(['0001_users.sql']);
  });

  it('takes rows of an older set of migrations out of the history only when it is told to', async () => {
    const workspace = testWorkspace({ migrations: { '0001_start.sql': MIGRATIONS['0001_users.sql'] } });
    await migrateIn(workspace);
    await execute(
      workspace,
      "UPDATE d1_migrations SET name = '0007_old.sql'",
      'DROP TABLE d1_migrate_journal',
    );
    expect(await errorOf(baselineIn(workspace))).toMatchObject({
      code: 'history-has-others',
      message: expect.stringContaining('0007_old.sql'),
    });
    const result = await baselineIn(workspace, { replaceHistory: true });
    expect(result.plan).toMatchObject({ recorded: ['0001_start.sql'], forgotten: ['0007_old.sql'] });
    expect(await statesIn(workspace)).toEqual({ '0001_start.sql': 'applied' });
    expect(await query(workspace, 'SELECT detail FROM d1_migrate_journal')).toEqual([
      { detail: '{"baseline":true,"forgotten":["0007_old.sql"]}' },
    ]);
  });

  it('takes a file that was changed since for what was applied, when the schema agrees', async () => {
    const workspace = await workspaceWith([], { '0001_users.sql': MIGRATIONS['0001_users.sql'] });
    await migrateIn(workspace);
    await execute(workspace, 'CREATE TABLE posts (id INTEGER PRIMARY KEY, text TEXT)');
    const both = `${MIGRATIONS['0001_users.sql']}${MIGRATIONS['0002_posts.sql']}`;
    workspace.write({ 'migrations/0001_users.sql': both });
    expect(await statesIn(workspace)).toEqual({ '0001_users.sql': 'modified' });
    expect(await errorOf(baselineIn(workspace))).toMatchObject({ code: 'history-has-others' });
    const { plan } = await baselineIn(workspace, { replaceHistory: true });
    expect(plan).toMatchObject({ recorded: [], accepted: ['0001_users.sql'], forgotten: [] });
    expect(await statesIn(workspace)).toEqual({ '0001_users.sql': 'applied' });
  });

  it('needs the name of the database on a protected environment', async () => {
    const workspace = await workspaceWith([USERS]);
    const settings = { development: { protected: true } };
    const refused = await startExecutor('baseline', workspace, { settings });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('--confirm=test-development');
    const done = await startExecutor('baseline', workspace, { settings, confirm: 'test-development' });
    expect(done.exitCode).toBe(0);
    expect(done.stdout).toContain('1 migration recorded; the next "migrate" continues after 0001_users.sql.');
  });
});
