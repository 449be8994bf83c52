import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isD1Error } from 'd1-core/errors';
import { errorOf, targetIn, temporaryFolder, type TestWorkspace } from 'd1-core/testing';
import { execa } from 'execa';
import { backupWorkspace, outputOf, save } from '../testing/backups.ts';
import { execute } from '../testing/restores.ts';
import { startDatabaseProcess } from './database-process.ts';

async function filledWorkspace() {
  const workspace = backupWorkspace();
  await execute(
    workspace,
    'CREATE TABLE art (id INTEGER PRIMARY KEY, text TEXT)',
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO art SELECT i, hex(randomblob(100)) FROM n',
  );
  return workspace;
}

const request = (workspace: TestWorkspace, workplace: string) => ({
  target: targetIn(workspace),
  mode: 'online' as const,
  workplace,
});

describe('the process that reads a database', () => {
  it('says how many rows it has read, and what it read', async () => {
    const counts: number[] = [];
    const reader = startDatabaseProcess();
    const workplace = temporaryFolder();
    const { file, dump } = await reader.read({
      ...request(await filledWorkspace(), workplace),
      onRows: (rows) => void counts.push(rows),
    });
    reader.end();
    expect(file).toBe(join(workplace, 'database.sql'));
    expect(dump.tables).toEqual([{ name: 'art', rows: 50_000, sha256: expect.any(String) }]);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.at(-1)).toBe(50_000);
  });

  it('tells what is refused, by us and by the system, as they tell it', async () => {
    const reader = startDatabaseProcess();
    const folder = temporaryFolder();
    const refused = await errorOf(reader.read(request(backupWorkspace(), folder)));
    expect(isD1Error(refused)).toBe(true);
    expect(refused).toMatchObject({ code: 'no-local-database', exitCode: 2 });

    const file = join(folder, 'file');
    writeFileSync(file, '');
    const noFolder = reader.read(request(await filledWorkspace(), file));
    await expect(noFolder).rejects.toMatchObject({ code: 'ENOTDIR', path: expect.stringContaining(file) });
    reader.end();
  });

  it('is named when somebody kills it, and no archive is made', async () => {
    const workspace = await filledWorkspace();
    const killed = errorOf(
      save(workspace, targetIn(workspace), {
        onProgress: (text) => {
          if (text.startsWith('reading'))
            // It is told of more rows while it dies: then there is nobody left to kill.
            void execa('pkill', ['-KILL', '-P', String(process.pid), '-f', 'database-program'], {
              reject: false,
            });
        },
      }),
    );
    expect(await killed).toMatchObject({
      code: 'process-ended',
      message: expect.stringContaining('SIGKILL'),
    });
    expect(readdirSync(outputOf(workspace))).toEqual([]);
  });

  it('ends when the backup is stopped', async () => {
    const workspace = await filledWorkspace();
    const controller = new AbortController();
    const stopped = errorOf(
      save(workspace, targetIn(workspace), {
        signal: controller.signal,
        onProgress: (text) => {
          if (text.startsWith('reading')) controller.abort();
        },
      }),
    );
    expect(await stopped).toMatchObject({ code: 'interrupted' });
    expect(readdirSync(outputOf(workspace))).toEqual([]);
    const left = await execa('pgrep', ['-P', String(process.pid), '-f', 'database-program'], {
      reject: false,
    });
    expect(left.stdout).toBe('');
  });
});
