import { execa } from 'execa';
import { confirmTarget } from '../run/index.ts';
import type { EnvironmentSetting } from '../environment/index.ts';
import { errorOf, identify, targetIn, testWorkspace, type TestWorkspace } from '../testing/index.ts';
import { audited } from './index.ts';

const git = (workspace: TestWorkspace, ...args: readonly string[]) =>
  execa('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: workspace.root });

async function repository(): Promise<TestWorkspace> {
  const workspace = testWorkspace();
  workspace.write({ '.gitignore': 'node_modules\n' });
  await git(workspace, 'init', '--quiet', '--initial-branch=main');
  await git(workspace, 'add', '.');
  await git(workspace, 'commit', '--quiet', '--message=first');
  return workspace;
}

const target = (workspace: TestWorkspace, production: EnvironmentSetting) =>
  targetIn(workspace, { environment: 'production', settings: { production } });

const confirm = (workspace: TestWorkspace, setting: EnvironmentSetting) =>
  confirmTarget(target(workspace, setting), 'test-production');

describe('an environment that may be changed only from some branches', () => {
  const before = { ...process.env };
  beforeEach(() => {
    for (const name of ['GITHUB_ACTIONS', 'GITLAB_CI', 'GITHUB_REF']) delete process.env[name];
  });
  afterAll(() => {
    process.env = before;
  });

  it('is changed from one of them, and from no other', async () => {
    const workspace = await repository();
    await confirm(workspace, { branches: ['main', 'release'] });
    await git(workspace, 'switch', '--quiet', '--create', 'feature');
    expect(await errorOf(confirm(workspace, { branches: ['main', 'release'] }))).toMatchObject({
      code: 'branch-not-allowed',
      exitCode: 2,
      message: 'production may be changed only from the branch main, release, and this is feature.',
    });
    await git(workspace, 'switch', '--quiet', '--detach');
    expect((await errorOf(confirm(workspace, { branches: ['main'] }))).message).toContain('no branch');
  });

  it('is changed in CI from the branch that the run is for, which is not checked out there', async () => {
    const workspace = await repository();
    await git(workspace, 'switch', '--quiet', '--detach');
    Object.assign(process.env, { GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main' });
    await confirm(workspace, { branches: ['main'] });
    process.env['GITHUB_REF'] = 'refs/pull/7/merge';
    expect((await errorOf(confirm(workspace, { branches: ['main'] }))).code).toBe('branch-not-allowed');
  });

  it('is protected in this way also where no confirmation is asked for', async () => {
    const workspace = await repository();
    const setting = { protected: false, branches: ['release'] };
    expect((await errorOf(confirm(workspace, setting))).code).toBe('branch-not-allowed');
  });
});

describe('an environment that may be changed only from a commit', () => {
  const CLEAN = { cleanWorkTree: true };

  it('is refused while a file is changed or new, and says which', async () => {
    const workspace = await repository();
    await confirm(workspace, CLEAN);
    workspace.write({ 'migrations/0001_ä new.sql': '', 'migrations/README.md': 'changed' });
    const error = await errorOf(confirm(workspace, CLEAN));
    expect(error).toMatchObject({ code: 'uncommitted-changes', exitCode: 2 });
    expect(error.message).toContain('2 files');
    expect(error.notes.join('\n')).toContain('migrations/0001_ä new.sql');
    await git(workspace, 'add', '.');
    await git(workspace, 'commit', '--quiet', '--message=second');
    await confirm(workspace, CLEAN);
  });

  it('takes its own audit file for no change', async () => {
    const workspace = await repository();
    const run = { target: target(workspace, CLEAN), action: 'migrate', identify };
    await audited(run, ({ begin }) => begin({ bookmark: null, migrations: [] }));
    await confirm(workspace, CLEAN);
  });

  it('is refused outside of a repository', async () => {
    expect((await errorOf(confirm(testWorkspace(), CLEAN))).code).toBe('no-repository');
  });
});
