import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { askDatabase, startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { execa } from 'execa';
import { moments, remoteConfig, testWorkspace } from 'd1-core/testing';
import { MIGRATIONS } from './testing/fleet.ts';

const BIN = join(import.meta.dirname, 'cli.ts');
const NAMES = Object.keys(MIGRATIONS);
const COUNT = 6;
const idOf = (index: number) => `9b1c7d0e-5b7d-4a55-8f0c-${String(index).padStart(12, '0')}`;

/** What a whole run asks: the list, for each database what it is (twice, where it has no tables), and the migration. */
const REQUESTS = 1 + 3 * COUNT;
const MOMENTS = moments(4);

describe('a run over a fleet that is ended by SIGKILL', () => {
  let api: CloudflareApi;
  beforeAll(async () => {
    const databases = MOMENTS.flatMap((_, fleet) =>
      Array.from({ length: COUNT }, (_member, index) => ({
        id: idOf(fleet * 100 + index),
        name: `fleet-${fleet}-tenant-${index}`,
      })),
    );
    api = await startCloudflareApi({ databases: [...databases, { id: idOf(999_999), name: 'control' }] });
    await api.warmUp();
  });
  afterAll(() => api.close());

  it.each(MOMENTS.map((moment, fleet) => [Math.ceil(moment * REQUESTS), fleet] as const))(
    'at its request %d applies nothing twice, and the next run does the rest',
    async (call, fleet) => {
      const workspace = testWorkspace({
        migrations: MIGRATIONS,
        wranglerToml: remoteConfig(idOf(999_999), 'control', 'staging'),
      });
      const run = () =>
        execa(
          process.execPath,
          [BIN, 'migrate', '-e', 'staging', `--match=fleet-${fleet}-*`, '--json', '--share=100'],
          {
            cwd: workspace.root,
            reject: false,
            stdin: 'ignore',
            env: { ...api.env, NO_COLOR: '1', FORCE_COLOR: undefined },
          },
        );
      api.log.clear();
      // The work is done or not, by turns; the answer never comes.
      const when = call % 2 === 0 ? 'after' : 'before';
      api.faults.add({ path: '*', call, action: { kind: 'hang', when } });
      const child = run();
      const ended = child.then(() => true);
      const struck = () => api.log.list().some(({ fault }) => fault === 'hang');
      while (!struck() && !(await Promise.race([ended, setTimeout(20, false)])));
      child.kill('SIGKILL');
      await child;
      api.faults.clear();

      const next = await run();
      expect(next.exitCode).toBe(0);
      for (let index = 0; index < COUNT; index += 1) {
        const [history, journal] = await askDatabase(
          api,
          idOf(fleet * 100 + index),
          "SELECT name FROM d1_migrations ORDER BY id; SELECT migration FROM d1_migrate_journal WHERE outcome = 'applied' ORDER BY id",
        );
        expect(history).toEqual(NAMES.map((name) => ({ name })));
        expect(journal).toEqual(NAMES.map((migration) => ({ migration })));
      }
    },
  );
});
