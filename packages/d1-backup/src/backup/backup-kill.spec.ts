import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { moments, targetIn, type TestWorkspace } from 'd1-core/testing';
import { archiveTime } from '../format/layout.ts';
import { backupWorkspace, outputOf, putLocalObjects, save, sha256 } from '../testing/backups.ts';
import { execute, startExecutor } from '../testing/restores.ts';
import { verifyFile } from '../testing/verification.ts';

let workspace: TestWorkspace;
let earlier = '';
let earlierHash = '';
let runMs = 0;

beforeAll(async () => {
  workspace = backupWorkspace();
  await execute(
    workspace,
    'CREATE TABLE art (id INTEGER PRIMARY KEY, title TEXT)',
    "WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 5000) INSERT INTO art SELECT i, printf('%.*c', 500, 'x') || i FROM i",
  );
  await putLocalObjects(
    workspace,
    Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `originals/${index}`,
        randomBytes(index % 20 === 0 ? 3_000_000 : 30_000),
      ]),
    ),
  );
  earlier = (await save(workspace, targetIn(workspace), { parts: 'photos' })).file ?? '';
  earlierHash = sha256(readFileSync(earlier));
  const started = performance.now();
  await startExecutor('backup', workspace, { output: 'first' });
  runMs = performance.now() - started;
});

const archivesIn = (folder: string) => readdirSync(folder).filter((name) => archiveTime(name) !== undefined);

describe('a backup that is killed', () => {
  it.each(moments(2))(
    'after %f of its time leaves no archive that is not whole, and loses no earlier one',
    async (moment) => {
      const output = outputOf(workspace);
      const before = new Set(archivesIn(output));
      const killed = startExecutor('backup', workspace, { resume: true });
      await Promise.race([wait(moment * runMs), killed]);
      killed.kill('SIGKILL');
      await killed;

      const made = archivesIn(output).filter((name) => !before.has(name));
      for (const name of made) await isWhole(join(output, name));
      expect(sha256(readFileSync(earlier))).toBe(earlierHash);

      const { stdout, stderr } = await startExecutor('backup', workspace, { resume: true, json: true });
      const { exitCode, archive, content } = JSON.parse(stdout);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(content.photos).toMatchObject({ objects: 60, problems: [] });
      await isWhole(archive);
      expect(readdirSync(output).sort()).toEqual([...before, ...made, basename(archive)].sort());
    },
  );
});

async function isWhole(file: string): Promise<void> {
  const { problems, metadata } = await verifyFile(file, 'restore');
  expect(problems).toEqual([]);
  expect(metadata?.proof.result).toBe('restored');
}
