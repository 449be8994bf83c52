import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { commandOnSmallDisk, temporaryFolder, testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { execute, migrateIn } from '../testing/index.ts';

const EXECUTOR = join(import.meta.dirname, '../testing/run-executor.ts');

const rehearsal = ({ root, wranglerConfig }: TestWorkspace): readonly string[] => [
  process.execPath,
  EXECUTOR,
  'plan',
  root,
  JSON.stringify({ wranglerConfig, json: true }),
];

/** Starts a rehearsal with another folder for temporary files. */
function startRehearsal(workspace: TestWorkspace, TMPDIR: string) {
  const [node = '', ...args] = rehearsal(workspace);
  return execa(node, args, { reject: false, stdin: 'ignore', env: { TMPDIR } });
}

const leftIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('d1-'));

/** Ends a rehearsal as soon as it has a folder for its copy. */
async function endRehearsal(workspace: TestWorkspace, folder: string, signal: NodeJS.Signals): Promise<void> {
  const running = startRehearsal(workspace, folder);
  for (let attempt = 0; attempt < 6_000 && leftIn(folder).length === 0; attempt++) await wait(5);
  expect(leftIn(folder)).toHaveLength(1);
  running.kill(signal);
  expect((await running).exitCode).not.toBe(0);
}

describe('the copy of the data that a rehearsal makes', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await migrateIn(workspace);
    const rows = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) INSERT INTO a SELECT zeroblob(100000) FROM n`;
    await execute(workspace, rows);
    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (x);\n' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is gone after %s', async (signal) => {
    const folder = temporaryFolder();
    await endRehearsal(workspace, folder, signal);
    expect(leftIn(folder)).toEqual([]);
  });

  it('is removed by the next run after a SIGKILL', async () => {
    const folder = temporaryFolder();
    await endRehearsal(workspace, folder, 'SIGKILL');
    expect(leftIn(folder)).toHaveLength(1);
    const { exitCode } = await startRehearsal(workspace, folder);
    expect({ exitCode, left: leftIn(folder) }).toEqual({ exitCode: 0, left: [] });
  });

  it('says that the disk is full when there is no room for it', async () => {
    const [shell = '', ...args] = commandOnSmallDisk(rehearsal(workspace));
    const { stdout } = await execa(shell, args, { reject: false, stdin: 'ignore' });
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 1,
      error: {
        code: 'disk-full',
        message: expect.stringMatching(/^There is no more room on the disk \(E\w+\)\.$/),
        fix: expect.stringContaining('TMPDIR'),
      },
    });
  });
});
