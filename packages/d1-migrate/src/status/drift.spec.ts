import type { TestWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { errorOf, execute, migratedWorkspace, query, startExecutor, targetIn } from '../testing/index.ts';
import { describeStanding, readStanding, standingDocument } from './index.ts';

const MIGRATIONS = {
  '0001_users.sql':
    'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX idx_users_name ON users (name);\n',
  '0002_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, text TEXT);\n',
};

const migrated = () => migratedWorkspace(MIGRATIONS);

const standingIn = (workspace: TestWorkspace) => readStanding(targetIn(workspace));
const driftIn = async (workspace: TestWorkspace) => (await standingIn(workspace)).drift;

describe('drift', () => {
  it('finds nothing where the schema is what the migrations give, pending ones or not', async () => {
    const workspace = await migrated();
    workspace.write({ 'migrations/0003_tags.sql': 'CREATE TABLE tags (name TEXT PRIMARY KEY NOT NULL);\n' });
    const standing = await standingIn(workspace);
    expect(standing).toMatchObject({ consistent: true, drift: { changes: [], unchecked: undefined } });
    expect(terminalText(describeStanding(standing))).toContain(
      'The schema is what the applied migrations give.',
    );
  });

  it('does not take formatting, quotes or case for a difference', async () => {
    const workspace = await migrated();
    await execute(
      workspace,
      'DROP INDEX idx_users_name',
      'create index "idx_users_name"\n  on [users] ("name") -- by hand',
    );
    expect((await driftIn(workspace)).changes).toEqual([]);
  });

  it('shows what was added, taken away and changed by hand, and finds the statements of both ways', async () => {
    const workspace = await migrated();
    await execute(
      workspace,
      'ALTER TABLE users ADD COLUMN mail TEXT',
      'DROP INDEX idx_users_name',
      'CREATE VIEW names AS SELECT name FROM users',
    );
    const standing = await standingIn(workspace);
    const text = terminalText(describeStanding(standing));
    expect(text).toContain('~ table users: column mail added');
    expect(text).toContain('- index idx_users_name');
    expect(text).toContain('+ view names');
    expect(text).toContain('Ways out:');
    expect(text).not.toMatch(/reset|wipe/i);
    expect(standingDocument(standing)).toMatchObject({
      environment: 'development',
      drift: { changes: [{}, {}, {}] },
    });

    const { adopt = [], revert = [], changes } = standing.drift;
    await execute(workspace, ...revert);
    expect((await driftIn(workspace)).changes).toEqual([]);
    await execute(workspace, ...adopt);
    expect((await driftIn(workspace)).changes).toEqual(changes);
  });

  it('passes over what somebody has accepted, with the reason', async () => {
    const workspace = await migrated();
    await query(workspace, 'CREATE TABLE analytics (n)');
    workspace.write({
      'migrations/drift-ignore.json': '{ "table analytics": "the reporting job makes it" }',
    });
    const standing = await standingIn(workspace);
    expect(standing.drift.changes).toEqual([]);
    expect(terminalText(describeStanding(standing))).toContain(
      'table analytics differs, accepted: the reporting job makes it',
    );
  });

  it.each([
    ['{ "table a": "" }', 'has no reason'],
    ['{ "a": "b" }', 'does not begin with table, index, view or trigger'],
    ['["a"]', 'not an object'],
    ['{', 'drift-ignore.json'],
  ])('refuses the list of accepted differences %s', async (text, message) => {
    const workspace = await migrated();
    workspace.write({ 'migrations/drift-ignore.json': text });
    const error = await errorOf(driftIn(workspace));
    expect(error).toMatchObject({ code: 'drift-ignore-invalid', exitCode: 2 });
    expect(`${error.message} ${error.location?.file}`).toContain(message);
  });

  it('says that it cannot judge the schema when an applied file was changed', async () => {
    const workspace = await migrated();
    workspace.write({ 'migrations/0002_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY);\n' });
    const standing = await standingIn(workspace);
    expect(standing).toMatchObject({
      consistent: false,
      drift: { unchecked: '0002_posts.sql is modified here' },
    });
    expect(terminalText(describeStanding(standing))).toContain('The schema was not checked, because 0002');
  });

  it('fails with --check when something differs, and shows what it could not reach with its error', async () => {
    const workspace = await migrated();
    expect(await startExecutor('status', workspace, { check: true })).toMatchObject({ exitCode: 0 });
    await query(workspace, 'CREATE TABLE stray (n)');
    const { exitCode, stdout } = await startExecutor('status', workspace, { check: true });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('+ table stray');
    const all = await startExecutor('status', workspace, { all: true, json: true });
    expect(all.exitCode).toBe(1);
    const { environments, exitCode: reported } = JSON.parse(all.stdout);
    expect(reported).toBe(3);
    expect(environments).toMatchObject([
      { environment: 'development', drift: { changes: [{ change: 'added', name: 'stray' }] } },
      { environment: 'production', error: { code: 'not-logged-in' } },
    ]);
  });
});
