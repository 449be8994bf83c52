import { jest } from '@jest/globals';
import { logger, type Tree } from '@nx/devkit';
import { testWorkspace } from 'd1-core/testing';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrateIn } from '../../testing/index.ts';
import { placeIn, workerTree } from '../../testing/worker-tree.ts';
import type { Worker } from 'd1-core/site';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { renumber } from './renumber.ts';

function folder(names: readonly string[]): Tree {
  const tree = workerTree();
  for (const name of names) tree.write(`migrations/${name}`, `-- ${name}\n`);
  return tree;
}

const filesIn = (tree: Tree) => [
  ...tree
    .children('migrations')
    .filter((name) => name !== 'rollback')
    .toSorted(),
  ...tree.children('migrations/rollback').map((name) => `rollback/${name}`),
];

/** Runs the generator on a tree, with a history by environment, and returns what it said. */
async function run(
  tree: Tree,
  histories: Readonly<Record<string, readonly string[]>>,
  all = false,
): Promise<string> {
  const said: string[] = [];
  const spies = (['info', 'warn'] as const).map((level) =>
    jest.spyOn(logger, level).mockImplementation((text: unknown) => void said.push(String(text))),
  );
  try {
    await renumber(placeIn(tree), {
      all,
      appliedNames: async ({ name }) => histories[name] ?? [],
    });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return said.join('\n');
}

describe('the generator renumber', () => {
  it('renames what is pending, with its rollback script, and leaves the contents alone', async () => {
    const tree = folder([
      '0001_a.sql',
      '0002_mine.sql',
      '0002_theirs.sql',
      'rollback/0002_theirs.sql',
      'README.md',
    ]);
    const said = await run(tree, { development: ['0001_a.sql', '0002_mine.sql'] });
    expect(filesIn(tree)).toEqual([
      '0001_a.sql',
      '0002_mine.sql',
      '0003_theirs.sql',
      'README.md',
      'rollback/0003_theirs.sql',
    ]);
    expect(tree.read('migrations/0003_theirs.sql', 'utf8')).toBe('-- 0002_theirs.sql\n');
    expect(said).toContain('0002_theirs.sql becomes 0003_theirs.sql');
  });

  it('moves files along a chain of names without losing one', async () => {
    const tree = folder(['0001_x.sql', '0001_y.sql', '0002_y.sql', '0003_y.sql']);
    await run(tree, {});
    expect(filesIn(tree).map((name) => [name, tree.read(`migrations/${name}`, 'utf8')])).toEqual([
      ['0001_x.sql', '-- 0001_x.sql\n'],
      ['0002_y.sql', '-- 0001_y.sql\n'],
      ['0003_y.sql', '-- 0002_y.sql\n'],
      ['0004_y.sql', '-- 0003_y.sql\n'],
    ]);
  });

  it('asks local environments by default, and names those that it did not ask', async () => {
    const tree = folder(['0001_a.sql', '0003_b.sql']);
    const said = await run(tree, { development: ['0001_a.sql'], production: ['0001_a.sql', '0003_b.sql'] });
    expect(said).toContain('Asked what is applied: development.');
    expect(said).toContain('Not asked: production.');
    expect(filesIn(tree)).toContain('0002_b.sql');
  });

  it('leaves alone what any environment has applied when all are asked', async () => {
    const tree = folder(['0001_a.sql', '0003_b.sql']);
    const said = await run(tree, { production: ['0001_a.sql', '0003_b.sql'] }, true);
    expect(filesIn(tree)).toEqual(['0001_a.sql', '0003_b.sql']);
    expect(said).toContain('Nothing to rename.');
    expect(said).toContain('Left as it is: 0001_a.sql, 0003_b.sql; numbers are missing between them');
    expect(said).not.toContain('Not asked');
  });

  it('overwrites no rollback script that another migration has left', async () => {
    const tree = folder(['0002_a.sql', '0002_b.sql', 'rollback/0002_b.sql', 'rollback/0003_b.sql']);
    await expect(run(tree, {})).rejects.toThrow('there is such a file already');
    expect(filesIn(tree)).toContain('0002_b.sql');
  });
});

describe('appliedNamesOf', () => {
  const workerOf = (wranglerConfig: string): Worker => ({ project: 'api', wranglerConfig, environments: [] });
  const environment = {
    name: 'development',
    wranglerEnv: 'development',
    location: 'local',
    protected: false,
    databases: [],
    buckets: [],
    accountId: undefined,
    complianceRegion: undefined,
    configFile: '',
    workerName: 'w',
    line: undefined,
  } as const;

  it('reads the history of a database that wrangler has migrated', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'SELECT 1;', '0002_b.sql': 'SELECT 2;' } });
    await migrateIn(workspace);
    const appliedNames = appliedNamesOf(
      { tree: workspace, options: {} },
      workerOf(workspace.wranglerConfig),
      'DB',
    );
    expect(await appliedNames(environment)).toEqual(['0001_a.sql', '0002_b.sql']);
  });

  it('finds nothing, and makes nothing, where no local database was ever made', async () => {
    const { root, wranglerConfig } = testWorkspace();
    expect(
      await appliedNamesOf({ tree: { root }, options: {} }, workerOf(wranglerConfig), 'DB')(environment),
    ).toEqual([]);
    expect(existsSync(join(root, '.wrangler'))).toBe(false);
  });
});
