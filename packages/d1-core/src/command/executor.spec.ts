import { jest } from '@jest/globals';
import { readAudit } from '../audit/index.ts';
import { targetIn, testWorkspace, type TestWorkspace } from '../testing/index.ts';
import { defineCommand } from './command.ts';
import { executorOf } from './begin.ts';
import { reportOptions, targetOptions } from './shared-options.ts';

const SETTINGS = { production: { branches: ['main'], cleanWorkTree: true } };
const UNPROTECTED = { production: { protected: false } };

const ran: string[] = [];
const migrate = executorOf(
  { version: () => '1.2.3' },
  defineCommand({
    name: 'migrate',
    title: 'Migrate',
    description: 'Migrates.',
    options: { ...targetOptions, ...reportOptions },
    examples: [],
    run: async (_, { workspaceRoot }) => {
      ran.push(workspaceRoot);
      return { exitCode: 0, text: [], document: {} };
    },
  }),
);

/** Runs it as Nx does: with what the target says, and over that what the command line says. */
async function run(workspace: TestWorkspace, given: object, own: object = {}) {
  const said: string[] = [];
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  ran.length = 0;
  const { root, wranglerConfig } = workspace;
  const options = { wranglerConfig, ...own };
  const production = { environment: 'production' };
  try {
    const { success } = await migrate(
      { ...options, ...production, ...given },
      {
        root,
        cwd: root,
        isVerbose: false,
        projectsConfigurations: { version: 2, projects: {} },
        nxJsonConfiguration: {},
        projectGraph: { nodes: {}, dependencies: {} },
        target: { executor: 'd1-migrate:migrate', options, configurations: { production } },
        configurationName: 'production',
      },
    );
    return { success, isRun: ran.length > 0, said: said.join('') };
  } finally {
    stderr.mockRestore();
  }
}

const audit = (workspace: TestWorkspace) =>
  readAudit(targetIn(workspace, { environment: 'production' }).protection.auditFile);

describe('an executor', () => {
  const workspace = testWorkspace();

  it('runs with the settings of the files, and with options of the command line', async () => {
    expect(await run(workspace, { verbose: true, database: 'DB' }, { settings: SETTINGS })).toEqual({
      success: true,
      isRun: true,
      said: '',
    });
    expect(await run(workspace, {})).toMatchObject({ success: true });
    expect(await audit(workspace)).toEqual([]);
  });

  it.each([
    ['takes the protection away', { settings: UNPROTECTED }, {}],
    ['takes branches and the clean work tree away', { settings: UNPROTECTED }, { settings: SETTINGS }],
    ['makes the environment local', { settings: { production: { location: 'local' } } }, {}],
    ['adds a setting to those of the files', { settings: { ...SETTINGS, x: {} } }, { settings: SETTINGS }],
    ['puts the audit file elsewhere', { settings: { production: { auditFile: '/dev/null' } } }, {}],
    ['empties the settings', { settings: {} }, { settings: SETTINGS }],
  ])('refuses a run whose command line %s, and notes it', async (_, given, own) => {
    const before = (await audit(workspace)).length;
    const { success, isRun, said } = await run(workspace, given, own);
    expect({ success, isRun }).toEqual({ success: false, isRun: false });
    expect(said).toContain('--settings may not be given to a run');
    expect((await audit(workspace)).slice(before)).toEqual([
      expect.objectContaining({
        intact: true,
        entry: expect.objectContaining({
          action: 'migrate',
          outcome: 'refused',
          environment: 'production',
          error: expect.objectContaining({ code: 'not-an-option' }),
          pluginVersion: '1.2.3',
        }),
      }),
    ]);
  });

  it('refuses another wrangler config, in which the same database may have a harmless name', async () => {
    const copy = testWorkspace();
    copy.write({ 'other.toml': '[[env.preview.d1_databases]]\nbinding = "DB"\n' });
    const { isRun, said } = await run(copy, { wranglerConfig: 'other.toml' });
    expect(isRun).toBe(false);
    expect(said).toContain('--wranglerConfig may not be given to a run');
    expect(await audit(copy)).toHaveLength(1);
  });

  it('refuses it also for an environment that only the command line knows', async () => {
    const copy = testWorkspace();
    const settings = { preview: { wranglerEnv: 'production' } };
    expect(await run(copy, { environment: 'preview', settings })).toMatchObject({
      isRun: false,
      said: expect.stringContaining('--settings may not be given to a run'),
    });
  });
});
