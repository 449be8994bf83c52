import { join } from 'node:path';
import { testWrangler, type TestWorkspace } from 'd1-core/testing';
import { runWrangler, targetArguments } from 'd1-core/wrangler';
import { execa } from 'execa';
import { writeRebuild } from './generators/rebuild-table/write-rebuild.ts';
import { readEdits } from './rebuild-table/index.ts';
import { restoreSnapshot } from 'd1-core/snapshot';
import { localDatabase, wranglerTarget } from 'd1-core/target';
import { migratedWorkspace, query, startExecutor, targetIn } from './testing/index.ts';
import { placeIn, workerTree } from './testing/worker-tree.ts';

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, list INTEGER REFERENCES lists (id) ON DELETE CASCADE);
CREATE INDEX items_list ON items (list);
INSERT INTO lists (id, title) VALUES (1, 'one'), (2, 'two');
INSERT INTO items (id, list) VALUES (1, 1), (2, 1), (3, 2);
`;

/** The rebuild of a table as Drizzle Kit writes it, and as people do. */
const REBUILD = `PRAGMA defer_foreign_keys = TRUE;
CREATE TABLE new_lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
INSERT INTO new_lists (id, title) SELECT id, coalesce(title, '') FROM lists;
DROP TABLE lists;
ALTER TABLE new_lists RENAME TO lists;
`;

/** What "nx g d1-migrate:rebuild-table lists --notNull=title" writes. */
async function generatedRebuild(): Promise<string> {
  const tree = workerTree();
  tree.write('migrations/0001_lists.sql', LISTS);
  const fileName = '0002_title_required.sql';
  const edits = readEdits({ notNull: ['title'] });
  const header = '-- Migration: Title required';
  await writeRebuild(placeIn(tree), { table: 'lists', edits, header, fileName }, testWrangler());
  return tree.read(`migrations/${fileName}`, 'utf8') ?? '';
}

/** A local database with two lists and their three items, and the rebuild pending. */
async function workspaceWith(rebuild: string): Promise<TestWorkspace> {
  const workspace = await migratedWorkspace({ '0001_lists.sql': LISTS });
  workspace.write({ 'migrations/0002_title_required.sql': rebuild });
  return workspace;
}

const countItems = async (workspace: TestWorkspace) => {
  const [row] = await query(workspace, 'SELECT count(*) AS n FROM items');
  return row?.['n'];
};

const wranglerApply = (workspace: TestWorkspace) => {
  const target = targetIn(workspace);
  return runWrangler(target.wrangler, {
    args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
    cwd: workspace.root,
  });
};

const lint = ({ root }: TestWorkspace) => {
  const bin = join(import.meta.dirname, '../../d1-lint/src/cli.ts');
  return execa(process.execPath, [bin, 'migrations'], {
    cwd: root,
    reject: false,
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined },
  });
};

describe('the rebuild of a table that others refer to with ON DELETE CASCADE', () => {
  it('empties them under bare wrangler, which reports success', async () => {
    const workspace = await workspaceWith(REBUILD);
    const { exitCode, stdout } = await wranglerApply(workspace);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/0002_title_required\.sql\s*│\s*✅/);
    expect(await query(workspace, 'SELECT count(*) AS n FROM lists')).toEqual([{ n: 2 }]);
    expect(await countItems(workspace)).toBe(0);
    expect(await query(workspace, 'PRAGMA foreign_key_check')).toEqual([]);
  });

  it('is found by lint', async () => {
    const { exitCode, stdout } = await lint(await workspaceWith(REBUILD));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('data/rebuild-cascades');
    expect(stdout).toContain('every row of items that references it goes too (ON DELETE CASCADE)');
  });

  it('is found by plan, which leaves the database alone', async () => {
    const workspace = await workspaceWith(REBUILD);
    const { exitCode, stdout } = await startExecutor('plan', workspace);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('3 rows of items would be lost, and nothing announces it.');
    expect(stdout).toContain('0002_title_required.sql:4: DROP TABLE lists (items)');
    expect(await countItems(workspace)).toBe(3);
  });

  it('stops migrate, which leads back', async () => {
    const workspace = await workspaceWith(REBUILD);
    const { exitCode, stdout } = await startExecutor('migrate', workspace);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Lost, and announced by no migration: 3 rows of items.');
    expect(stdout).toContain('--strategy=snapshot');
    await restoreSnapshot(localDatabase(targetIn(workspace)));
    expect(await countItems(workspace)).toBe(3);
  });

  it('loses nothing as rebuild-table writes it, and nothing stops it', async () => {
    const workspace = await workspaceWith(await generatedRebuild());
    expect((await lint(workspace)).exitCode).toBe(0);
    expect((await startExecutor('plan', workspace)).exitCode).toBe(0);
    expect((await startExecutor('migrate', workspace)).exitCode).toBe(0);
    expect(await countItems(workspace)).toBe(3);
    expect(await query(workspace, 'PRAGMA foreign_key_list(items)')).toMatchObject([
      { table: 'lists', on_delete: 'CASCADE' },
    ]);
  });
});
