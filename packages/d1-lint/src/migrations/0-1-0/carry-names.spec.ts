import {
  addProjectConfiguration,
  readJson,
  readNxJson,
  updateNxJson,
  writeJson,
  type NxJsonConfiguration,
  type Tree,
} from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { jest } from '@jest/globals';
import { parse } from 'jsonc-parser';
import { logger } from 'd1-core/nx';
import { FORMER_DEFAULTS } from '../../config/index.ts';
import carryNames from './carry-names.ts';

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  jest.spyOn(logger, 'warn').mockImplementation((line) => void warnings.push(line));
});
afterEach(() => jest.restoreAllMocks());

function workspace(options: object, nxJson: NxJsonConfiguration = {}): Tree {
  const tree = createTreeWithEmptyWorkspace();
  addProjectConfiguration(tree, 'api', { root: 'apps/api' });
  writeJson(tree, 'apps/api/wrangler.json', {
    d1_databases: [{ binding: 'DB', database_name: 'api', database_id: 'id', migrations_dir: 'migrations' }],
  });
  updateNxJson(tree, { ...nxJson, plugins: [{ plugin: 'd1-lint/plugin', options }] });
  return tree;
}

const contents = (tree: Tree) =>
  tree.listChanges().map(({ path, content }) => [path, content?.toString('utf8')]);

const FORMER = '.d1-lint-baseline.json';
const ACCEPTED = '.d1-lint-accepted.json';

describe('the code migration of names', () => {
  it('gives the target its prefix, and takes its calls and options along', async () => {
    const tree = workspace(
      { lintTargetName: 'd1-lint' },
      { targetDefaults: { 'd1-lint': { options: { baseline: 'known.json' } } } },
    );
    writeJson(tree, 'apps/api/project.json', {
      name: 'api',
      root: 'apps/api',
      targets: { 'd1-lint': { options: { baseline: 'a.json', updateBaseline: true } } },
    });
    writeJson(tree, 'package.json', {
      scripts: {
        a: 'nx run api:d1-lint --baseline=a.json',
        b: 'nx run api:d1-lint --updateBaseline',
        c: 'd1-lint migrations --update-baseline',
        d: 'vitest --baseline=a.json',
      },
    });
    await carryNames(tree);
    expect(readNxJson(tree)).toMatchObject({
      plugins: [{ plugin: 'd1-lint/plugin', options: { targetPrefix: 'd1-' } }],
      targetDefaults: { 'd1-lint': { options: { accepted: 'known.json' } } },
    });
    expect(readJson(tree, 'apps/api/project.json').targets).toEqual({
      'd1-lint': { options: { accepted: 'a.json', writeAccepted: true } },
    });
    expect(readJson(tree, 'package.json').scripts).toEqual({
      a: 'nx run api:d1-lint --accepted=a.json',
      b: 'nx run api:d1-lint --writeAccepted',
      c: 'd1-lint migrations --writeAccepted',
      d: 'vitest --baseline=a.json',
    });
    expect(warnings).toEqual([]);
  });

  it('renames the option of a config, removes the rules that are gone, and keeps its comments', async () => {
    const tree = workspace({});
    tree.write(
      'apps/d1-lint.config.json',
      `{\n  // ours\n  "rules": {\n    "schema/wide-index": "off",\n    "compat/no-vacuum": "error"\n  },\n  "baseline": "${FORMER}"\n}\n`,
    );
    await carryNames(tree);
    const text = tree.read('apps/d1-lint.config.json', 'utf8');
    expect(text).toContain('// ours');
    expect(parse(text ?? '')).toEqual({
      rules: { 'compat/no-vacuum': 'error', ...FORMER_DEFAULTS },
      accepted: ACCEPTED,
    });
  });

  it('keeps the rules on that the preset recommended had, where the config does not say otherwise', async () => {
    const tree = workspace({});
    const rulesAfter = async (config: object): Promise<unknown> => {
      writeJson(tree, 'd1-lint.config.json', config);
      await carryNames(tree);
      return readJson(tree, 'd1-lint.config.json').rules;
    };
    const rules = { 'schema/no-autoincrement': 'off' };
    expect(await rulesAfter({ preset: 'recommended' })).toEqual(FORMER_DEFAULTS);
    expect(await rulesAfter({ rules })).toEqual({ ...FORMER_DEFAULTS, ...rules });
    expect(await rulesAfter({ rules: { 'schema/*': 'off' } })).toEqual({ 'schema/*': 'off' });
    expect(await rulesAfter({ preset: 'strict' })).toBeUndefined();
  });

  it('says what to change in a config of TypeScript', async () => {
    const tree = workspace({});
    const text = `export default {\n  baseline: 'a.json',\n  rules: { 'schema/wide-index': 'off' },\n};\n`;
    tree.write('d1-lint.config.ts', text);
    await carryNames(tree);
    expect(tree.read('d1-lint.config.ts', 'utf8')).toBe(text);
    expect(warnings).toEqual([
      'd1-lint.config.ts:2: The option "baseline" is now called "accepted".',
      'd1-lint.config.ts:3: The rule "schema/wide-index" is gone: it was a matter of taste. Remove it.',
    ]);
  });

  it('renames the file of accepted findings, whose paths are now relative to its own folder', async () => {
    const tree = workspace({});
    const entry = { rule: 'compat/no-vacuum', statement: 'abc', count: 1 };
    tree.write('apps/api/migrations/1.sql', 'VACUUM;');
    writeJson(tree, `apps/api/${FORMER}`, {
      version: 1,
      findings: [{ ...entry, file: 'apps/api/migrations/1.sql' }],
    });
    await carryNames(tree);
    expect(tree.exists(`apps/api/${FORMER}`)).toBe(false);
    expect(readJson(tree, `apps/api/${ACCEPTED}`)).toEqual({
      version: 2,
      findings: [{ ...entry, file: 'migrations/1.sql' }],
    });
  });

  it('leaves two files of accepted findings to the reader', async () => {
    const tree = workspace({});
    tree.write(FORMER, '{}');
    tree.write(ACCEPTED, '{}');
    await carryNames(tree);
    expect([FORMER, ACCEPTED].map((file) => tree.exists(file))).toEqual([true, true]);
    expect(warnings).toEqual([`${FORMER}:1: ${ACCEPTED} is there too. Remove the one that does not count.`]);
  });

  it('changes nothing the second time', async () => {
    const tree = workspace({ lintTargetName: 'check-sql' });
    writeJson(tree, FORMER, { version: 1, findings: [] });
    writeJson(tree, 'd1-lint.config.json', { baseline: FORMER, rules: { 'schema/wide-index': 'off' } });
    writeJson(tree, 'package.json', { scripts: { lint: 'nx run api:check-sql --updateBaseline' } });
    await carryNames(tree);
    const once = contents(tree);
    expect(readJson(tree, 'package.json').scripts.lint).toBe('nx run api:d1-lint --writeAccepted');
    await carryNames(tree);
    expect(contents(tree)).toEqual(once);
  });
});
