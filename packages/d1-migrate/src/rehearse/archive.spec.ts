import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { execa } from 'execa';
import { errorOf, execute, migrateIn, targetIn } from '../testing/index.ts';
import { rehearse } from './index.ts';

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE);
CREATE VIRTUAL TABLE found USING fts5 (word);
`;
const ROWS = [
  "INSERT INTO lists VALUES (1, 'one')",
  'INSERT INTO items VALUES (1, 1), (9007199254740993, 1)',
  "INSERT INTO found VALUES ('word')",
];
const DROP = 'DROP TABLE lists;\n';

const BACKUP = join(import.meta.dirname, '../../../d1-backup/src/testing/run-executor.ts');

/** An archive of the local database of a workspace, as the plugin d1-backup writes it. */
async function archiveOf(
  { root, wranglerConfig }: TestWorkspace,
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  await execa(process.execPath, [BACKUP, 'backup', root, JSON.stringify({ wranglerConfig, ...options })]);
  return join(
    root,
    'backups',
    readdirSync(join(root, 'backups')).find((name) => name.includes('.zip')) ?? '',
  );
}

describe('a rehearsal from an archive of d1-backup', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    await migrateIn(workspace);
    await execute(workspace, ...ROWS);
  });

  const rehearseFrom = (file: string) =>
    rehearse({ target: targetIn(workspace), source: { kind: 'file', file } });

  it('says what the pending migration would lose of its rows', async () => {
    const file = await archiveOf(workspace);
    workspace.write({ 'migrations/0002_drop.sql': DROP });
    const result = await rehearseFrom(file);
    expect(result).toMatchObject({ outcome: 'lost-rows', violations: [] });
    expect(result.tables).toEqual([
      { table: 'found', before: 1, after: 1 },
      { table: 'items', before: 2, after: 0 },
      { table: 'lists', before: 1, after: undefined },
    ]);
  });

  it('is refused for one that is encrypted, with the way round', async () => {
    workspace.write({ 'odd.zip.age': 'age-encryption.org/v1\n-> X25519 …' });
    const error = await errorOf(rehearseFrom(join(workspace.root, 'odd.zip.age')));
    expect(error).toMatchObject({ code: 'encrypted-archive', exitCode: 2 });
    expect(error.fix).toContain('identity=<file>');
  });
});
