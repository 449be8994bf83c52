import { setTimeout as wait } from 'node:timers/promises';
import { restoreBookmark } from 'd1-core/database';
import { listSnapshots, restoreSnapshot } from 'd1-core/snapshot';
import { localDatabase, remoteDatabase } from 'd1-core/target';
import { moments, targetIn, temporaryFolder, testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { readContent, type Content } from '../database/read-content.ts';
import { writeTestArchive } from '../testing/archive.ts';
import { useRemoteTargets, type RemoteTarget } from '../testing/remote-targets.ts';
import { contentOf, execute, startExecutor, withoutTools } from '../testing/restores.ts';

const OLD = ['CREATE TABLE mine (x)', 'INSERT INTO mine VALUES (1), (2)'];
const NEW = [
  'CREATE TABLE art (id INTEGER PRIMARY KEY, title TEXT)',
  "WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 12000) INSERT INTO art SELECT i, printf('%.*c', 800, 'x') || i FROM i",
];

/** How often a restore into a remote database is killed. */
const REMOTE_RUNS = moments(1).length;

let archive = '';
let whole: Content;
let runMs = 0;

beforeAll(async () => {
  archive = await writeTestArchive(temporaryFolder(), { statements: NEW });
  const workspace = testWorkspace();
  const started = performance.now();
  expect((await startExecutor('restore', workspace, { archive })).stderr).toBe('');
  runMs = performance.now() - started;
  whole = await contentOf(workspace);
});

describe('a restore into a local database that is killed', () => {
  it.each(moments(2))(
    'after %f of its time leaves the old database or the new one, and can be done again',
    async (moment) => {
      const workspace = testWorkspace();
      await execute(workspace, ...OLD);
      const before = await contentOf(workspace);
      const options = { archive, overwrite: true };
      await killed(workspace, options, moment * runMs);

      const names = (content: Content) => content.tables.map(({ name }) => name).join();
      const now = await contentOf(workspace);
      expect(now).toEqual(names(now) === names(before) ? before : whole);

      const { exitCode, stderr } = await startExecutor('restore', workspace, { ...options, resume: true });
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(await contentOf(workspace)).toEqual(whole);
      // The oldest snapshot is the one from before the first of the two.
      const database = localDatabase(targetIn(workspace));
      await restoreSnapshot(database, (await listSnapshots(database)).at(-1)?.id);
      expect(await contentOf(workspace)).toEqual(before);
    },
  );
});

describe('a restore into a remote database that is killed', () => {
  const remote = useRemoteTargets(REMOTE_RUNS + 1);
  let remoteMs = 0;

  async function withOld(): Promise<RemoteTarget> {
    const one = remote.make();
    await one.d1.batch(OLD);
    return one;
  }

  const options = { environment: 'staging', overwrite: true };
  const read = async ({ d1 }: RemoteTarget) => withoutTools(await readContent(d1));

  beforeAll(async () => {
    const one = await withOld();
    const started = performance.now();
    const { stderr } = await startExecutor('restore', one.workspace, { ...options, archive }, remote.env);
    expect(stderr).toBe('');
    remoteMs = performance.now() - started;
    expect(await read(one)).toEqual(whole);
  });

  it.each(moments(1))(
    'after %f of its time goes on with --resume, and the bookmark leads back',
    async (moment) => {
      const one = await withOld();
      const before = await read(one);
      const all = { ...options, archive };
      await killed(one.workspace, all, moment * remoteMs, remote.env);
      // Wrangler may still be at work, and be noticed.
      let ended = await startExecutor('restore', one.workspace, { ...all, resume: true }, remote.env);
      for (let run = 0; run < 4 && ended.exitCode !== 0; run++) {
        // The lock of a run that was killed before its first piece ends by itself; nobody waits for it here.
        await one.d1
          .batch(["UPDATE d1_migrate_metadata SET value = '{}' WHERE key = 'lock'"])
          .catch(() => []);
        await wait(1_000);
        ended = await startExecutor('restore', one.workspace, { ...all, resume: true }, remote.env);
      }
      expect([ended.exitCode, ended.stderr]).toEqual([0, '']);
      expect(await read(one)).toEqual(whole);

      const [rows = []] = await one.d1.batch([
        'SELECT bookmark FROM d1_migrate_journal ORDER BY id DESC LIMIT 1',
      ]);
      const bookmark = String(rows[0]?.['bookmark']);
      await restoreBookmark(remoteDatabase(one.target), bookmark);
      expect(await read(one)).toEqual(before);
    },
    600_000,
  );
});

async function killed(
  workspace: TestWorkspace,
  options: object,
  milliseconds: number,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const run = startExecutor('restore', workspace, options, env);
  await Promise.race([wait(milliseconds), run]);
  run.kill('SIGKILL');
  await run;
}
