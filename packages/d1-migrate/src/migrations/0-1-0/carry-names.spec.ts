import {
  readJson,
  readNxJson,
  updateNxJson,
  writeJson,
  type NxJsonConfiguration,
  type Tree,
} from '@nx/devkit';
import { jest } from '@jest/globals';
import { logger } from 'd1-core/nx';
import { addWorker, WRANGLER_TOML, workerTree } from '../../testing/worker-tree.ts';
import carryNames from './carry-names.ts';

const WORKFLOW = '.github/workflows/ci.yml';
const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  jest.spyOn(logger, 'warn').mockImplementation((line) => void warnings.push(line));
});
afterEach(() => jest.restoreAllMocks());

function treeWith(options: object | undefined, nxJson: NxJsonConfiguration = {}): Tree {
  const tree = workerTree();
  const entry = options === undefined ? 'd1-migrate/plugin' : { plugin: 'd1-migrate/plugin', options };
  updateNxJson(tree, { ...nxJson, plugins: ['@nx/js', entry] });
  return tree;
}

/** A script after the code migration. */
async function carried(script: string, tree = treeWith(undefined)): Promise<unknown> {
  writeJson(tree, 'package.json', { name: 'root', scripts: { it: script } });
  await carryNames(tree);
  return readJson(tree, 'package.json').scripts.it;
}

const contents = (tree: Tree) =>
  tree.listChanges().map(({ path, content }) => [path, content?.toString('utf8')]);

const optionsOf = (tree: Tree): unknown =>
  readNxJson(tree)?.plugins?.flatMap((entry) => (typeof entry === 'string' ? [] : entry.options))[0];

describe('the names of targets in nx.json', () => {
  const environments = { production: { protected: true } };

  it.each([
    ['their common prefix', { migrateTargetName: 'd1-migrate', historyTargetName: 'd1-history' }, 'd1-'],
    ['the prefix of two words', { schemaDocsTargetName: 'db-schema-docs' }, 'db-'],
    ['d1- where they have none in common', { migrateTargetName: 'up', statusTargetName: 'x-status' }, 'd1-'],
  ])('become %s, and the other options stay', async (_, names, targetPrefix) => {
    const tree = treeWith({ ...names, environments, database: 'DB' });
    await carryNames(tree);
    expect(optionsOf(tree)).toEqual({ targetPrefix, environments, database: 'DB' });
  });

  it('go where they are the default ones', async () => {
    const tree = treeWith({ migrateTargetName: 'migrate', environments });
    await carryNames(tree);
    expect(optionsOf(tree)).toEqual({ environments });
  });

  it('take the calls of all targets along', async () => {
    const tree = treeWith({ migrateTargetName: 'up' });
    expect(await carried('nx run api:up:production --confirm=x && nx run api:status', tree)).toBe(
      'nx run api:d1-migrate:production --confirm=x && nx run api:d1-status',
    );
  });
});

describe('a script', () => {
  it.each([
    ['nx run api:history', 'nx run api:status --history'],
    ['npx nx run api:history:production --json', 'npx nx run api:status:production --history --json'],
    ['nx run "api:audit" --verify && echo ok', 'nx run "api:status" --audit && echo ok'],
    ['nx run api:drift --environments=all --check', 'nx run api:status --all --check'],
    ['nx drift api', 'nx status api'],
    ['nx history api --json', 'nx status api --history --json'],
    ['nx run api:rehearse --from=a.zip', 'nx run api:plan --from=a.zip'],
    ['nx run-many -t history', 'nx run-many -t status --history'],
    ['nx affected -t lint,drift,status -p api', 'nx affected -t lint,status -p api'],
    ['nx run-many --targets lint drift --parallel=1', 'nx run-many --targets lint status --parallel=1'],
    ['nx g d1-migrate:rollback 0003', 'nx g d1-migrate:rollback-script 0003'],
    ['nx generate d1-migrate:renumber --environments=all', 'nx generate d1-migrate:renumber --all'],
    ['nx g d1-migrate:rollback 0003 --force', 'nx g d1-migrate:rollback-script 0003 --overwrite'],
    [
      'nx g d1-migrate:rebuild-table a --no-check=b --check="c > 0" --type=c:TEXT',
      'nx g d1-migrate:rebuild-table a --dropCheck=b --addCheck="c > 0" --retype=c:TEXT',
    ],
    ['npx d1-migrate migration x --to=y', 'npx d1-migrate migration x --newName=y'],
  ])('%s becomes %s', async (before, after) => {
    expect(await carried(before)).toBe(after);
    expect(warnings).toEqual([]);
  });

  it.each([
    'nx run web:history',
    'nx history web',
    'npm audit && git history',
    'nx run api:build --environments=all',
    'nx run api:rollback --to=0003',
    'npx d1-migrate rollback --to=0003',
    'nx g other:rollback',
    'other run api:history',
    'nx run api:status --history',
  ])('%s stays as it is', async (script) => {
    expect(await carried(script)).toBe(script);
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'nx run api:deploy-migrate:production',
      'The target deploy-migrate is gone: deploy does its work by itself.',
    ],
    ['nx run-many -t lint history', 'The target history is now status --history.'],
    ['nx run $PROJECT:history', 'The target history is now status --history.'],
    ['nx run api:plan', 'plan prints the plan.'],
    ['nx run api:validate --startAfter=3', 'The option startAfter had no effect there, and is gone.'],
    ['nx run api:schema-docs --check', 'schema-docs checks its files, without --check.'],
  ])('%s stays, with a warning of its line', async (script, warning) => {
    expect(await carried(script)).toBe(script);
    expect(warnings).toEqual([expect.stringContaining(`package.json:4: ${warning}`)]);
  });

  it('keeps the name of a target that the Worker or another project has from elsewhere', async () => {
    const tree = treeWith(undefined);
    writeJson(tree, 'apps/api/package.json', { name: 'api', scripts: { history: 'git log' } });
    expect(await carried('nx run api:history && nx run-many -t history', tree)).toBe(
      'nx run api:history && nx run-many -t history',
    );
  });
});

describe('a workflow', () => {
  it('has the names of now, its own comments, and a warning of the line that cannot be carried', async () => {
    const tree = treeWith(undefined);
    tree.write(
      WORKFLOW,
      '# checks\nsteps:\n  - run: npx nx run api:drift --check # now\n  - run: |\n      npx nx run api:history \\\n        --environments=all\n  - run: npx nx run ${{ matrix.project }}:audit\n',
    );
    await carryNames(tree);
    expect(tree.read(WORKFLOW, 'utf8')).toBe(
      '# checks\nsteps:\n  - run: npx nx run api:status --check # now\n  - run: |\n      npx nx run api:status --history \\\n        --all\n  - run: npx nx run ${{ matrix.project }}:audit\n',
    );
    expect(warnings).toEqual([
      expect.stringContaining(`${WORKFLOW}:7: The target audit is now status --audit`),
    ]);
  });
});

describe('project.json and nx.json', () => {
  it('have the names of now in overrides, executors, dependencies and generators', async () => {
    const tree = treeWith(undefined, {
      targetDefaults: { 'd1-migrate:drift': { options: { environments: 'all' } } },
      generators: { 'd1-migrate:rollback': { capture: true }, 'd1-migrate': { rollback: { force: true } } },
    });
    writeJson(tree, 'apps/api/project.json', {
      name: 'api',
      root: 'apps/api',
      targets: {
        rehearse: { options: { from: 'a.zip' } },
        log: { executor: 'd1-migrate:history', options: { wranglerConfig: 'w' } },
        deploy: { dependsOn: ['build', 'deploy-migrate', { target: 'drift', params: 'forward' }] },
        ship: { command: 'nx run api:history', dependsOn: ['drift', '^drift'] },
      },
    });
    await carryNames(tree);
    expect(readJson(tree, 'apps/api/project.json').targets).toEqual({
      plan: { options: { from: 'a.zip' } },
      log: { executor: 'd1-migrate:status', options: { history: true, wranglerConfig: 'w' } },
      deploy: { dependsOn: ['build', { target: 'status', params: 'forward' }] },
      ship: { command: 'nx run api:status --history', dependsOn: ['status', '^drift'] },
    });
    expect(readNxJson(tree)?.targetDefaults).toEqual({ 'd1-migrate:status': { options: { all: true } } });
    expect(readNxJson(tree)?.generators).toEqual({
      'd1-migrate:rollback-script': { capture: true },
      'd1-migrate': { 'rollback-script': { overwrite: true } },
    });
    expect(warnings).toEqual([]);
  });

  it('have them in a Worker that is the root of the workspace', async () => {
    const tree = treeWith(undefined);
    tree.write('wrangler.toml', WRANGLER_TOML);
    const nx = { targets: { ship: { dependsOn: ['drift'] }, rehearse: { options: { json: true } } } };
    writeJson(tree, 'package.json', { name: 'root', scripts: { it: 'nx run root:drift' }, nx });
    await carryNames(tree);
    expect(readJson(tree, 'package.json')).toEqual({
      name: 'root',
      scripts: { it: 'nx run root:status' },
      nx: { targets: { ship: { dependsOn: ['status'] }, plan: { options: { json: true } } } },
    });
  });

  it('keep what would need an option, or be written over, with a warning', async () => {
    const tree = treeWith(undefined);
    const targets = {
      history: { options: { json: true } },
      rehearse: { options: { json: true } },
      plan: { options: { output: 'x' } },
      ship: { command: 'x', dependsOn: ['deploy-migrate', 'audit'] },
    };
    writeJson(tree, 'apps/api/project.json', { name: 'api', root: 'apps/api', targets });
    await carryNames(tree);
    expect(readJson(tree, 'apps/api/project.json').targets).toEqual(targets);
    expect(warnings.map((line) => line.split('.json:')[1]?.split('. ')[0])).toEqual([
      '5: The target history is now status --history',
      '10: The target rehearse is now plan',
      '22: The target deploy-migrate is gone: deploy does its work by itself',
      '22: The target audit is now status --audit',
    ]);
  });
});

describe('the code migration of names', () => {
  it('changes nothing the second time', async () => {
    const tree = treeWith({ migrateTargetName: 'up', environments: { production: { protected: true } } });
    addWorker(tree, 'second');
    tree.write(
      WORKFLOW,
      'run: npx nx run second:audit --verify && npx nx run api:deploy --environments=all\n',
    );
    await carried('nx run api:up && nx run second:history && nx run-many -t drift', tree);
    const once = contents(tree);
    await carryNames(tree);
    expect(contents(tree)).toEqual(once);
  });

  it.each([[{ targetPrefix: 'd1-' }], [undefined]])(
    'leaves a workspace of now alone: %j',
    async (options) => {
      const tree = treeWith(options, { generators: { 'd1-migrate:rollback-script': { overwrite: true } } });
      const prefix = options?.targetPrefix ?? '';
      tree.write(
        WORKFLOW,
        `run: npx nx run api:${prefix}status --all && npx nx run api:${prefix}plan --output=x\n`,
      );
      tree.write('nx.json', `// ours\n${tree.read('nx.json', 'utf8') ?? ''}`);
      const before = contents(tree);
      await carryNames(tree);
      expect(contents(tree)).toEqual(before);
      expect(warnings).toEqual([]);
    },
  );

  it('leaves a workspace alone that does not use the plugin', async () => {
    const tree = workerTree();
    expect(await carried('nx run api:history', tree)).toBe('nx run api:history');
  });
});
