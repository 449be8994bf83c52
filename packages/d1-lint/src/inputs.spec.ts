import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { notCovered, testWorkspace, traceReads } from 'd1-core/testing';
import { createNodes } from './plugin.ts';

const run = join(import.meta.dirname, 'executors.ts');

/** A workspace with what lint may read, and a config that has its rules and its accepted findings elsewhere. */
function workspace(files: Readonly<Record<string, string>> = {}) {
  const { root, write } = testWorkspace({
    migrations: {
      '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY);',
      'rollback/0001_t.sql': 'DROP TABLE t;',
    },
  });
  write({
    'package.json': '{ "name": "w" }',
    'd1-lint.config.ts':
      "import { rules } from './lint/rules.ts';\nimport shared from 'shared/preset.js';\n" +
      "export default { ...shared, rules, accepted: 'lint/known.json' };",
    'lint/rules.ts': "export { rules } from './more.ts';",
    'lint/more.ts': "export const rules = { 'compat/no-vacuum': 'off' };",
    'lint/known.json': '{ "version": 2, "findings": [] }',
    'other/lint.json': '{ "accepted": "known.json" }',
    'other/known.json': '{ "version": 2, "findings": [] }',
    'node_modules/shared/package.json': '{ "name": "shared" }',
    'node_modules/shared/preset.js': 'export default {};',
    ...files,
  });
  return root;
}

async function inferIn(root: string, nxJsonConfiguration: object = {}) {
  const nodes = await createNodes[1](['wrangler.toml'], {}, { workspaceRoot: root, nxJsonConfiguration });
  const target = [...nodes][0]?.[1].projects?.['.']?.targets?.['lint'];
  if (target === undefined) throw new Error('no target');
  return { ...target, inputs: target.inputs ?? [] };
}

const lint = (root: string, options: object = {}) =>
  traceReads(
    root,
    `import { lint } from ${JSON.stringify(run)};
await lint(${JSON.stringify({ wranglerConfig: 'wrangler.toml', ...options })}, { root: ${JSON.stringify(root)} });`,
  );

describe('the inputs of lint', () => {
  it('cover every file and variable that a run looks at', async () => {
    const root = workspace();
    const reads = await lint(root);
    expect(reads.paths).toEqual(
      expect.arrayContaining(['lint/more.ts', 'lint/known.json', 'migrations/rollback/0001_t.sql']),
    );
    expect(reads.variables).toContain('GITHUB_ACTIONS');
    const { inputs } = await inferIn(root);
    expect(notCovered(reads, inputs)).toEqual([]);
    expect(inputs).toContainEqual({ externalDependencies: expect.arrayContaining(['shared']) });
  });

  it.each([
    ['the package', { 'package.json': manifest({ options: { config: 'other/lint.json' } }) }, {}],
    [
      'a configuration',
      { 'project.json': project({ configurations: { ci: { config: 'other/lint.json' } } }) },
      {},
    ],
    ['nx.json', {}, { targetDefaults: { lint: { options: { config: 'other/lint.json' } } } }],
  ])('cover another config that %s names, with the accepted findings of that', async (_, files, nxJson) => {
    const root = workspace({ ...files });
    const reads = await lint(root, { config: 'other/lint.json' });
    expect(reads.paths).toContain('other/known.json');
    expect(notCovered(reads, (await inferIn(root, nxJson)).inputs)).toEqual([]);
  });

  it('cover the folder of a package of the workspace from which the config imports', async () => {
    const root = workspace({
      'd1-lint.config.ts': "import * as preset from '@acme/preset';\nexport default preset.default;",
      'node_modules/@acme/readme.md': '',
      'libs/preset/package.json': '{ "name": "@acme/preset", "exports": "./index.js" }',
      'libs/preset/index.js': 'export default {};',
    });
    symlinkSync(join(root, 'libs/preset'), join(root, 'node_modules/@acme/preset'), 'junction');
    const reads = await lint(root);
    expect(reads.paths).toContain('libs/preset/index.js');
    expect(notCovered(reads, (await inferIn(root)).inputs)).toEqual([]);
  });

  it.each([{ fix: true }, { writeAccepted: true }, { since: 'main' }, { wranglerConfig: 'other.toml' }])(
    'are no inputs of a result to be kept where the options of the target say %j',
    async (options) => {
      const root = workspace({ 'package.json': manifest({ options }) });
      expect((await inferIn(root)).cache).toBe(false);
    },
  );

  it('leave a result to be kept where the options say nothing of that kind', async () => {
    const options = { fix: false, maxWarnings: 0, wranglerConfig: 'wrangler.toml' };
    const root = workspace({ 'package.json': manifest({ options }) });
    expect((await inferIn(root)).cache).toBe(true);
  });
});

function manifest(target: object): string {
  return JSON.stringify({ name: 'w', nx: { targets: { lint: target } } });
}

function project(target: object): string {
  return JSON.stringify({ name: 'w', targets: { lint: target } });
}
