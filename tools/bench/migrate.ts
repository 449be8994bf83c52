// usage: npm run bench -- [rounds]
// Times "migrate" and "reset" against bare wrangler on the same files. All ratios of a table are of one run.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { measure, printRatios, type Contender } from './measure.ts';
import { generatedWorkspace, ownWorkspace, REPOSITORY, type BenchWorkspace } from './workspace.ts';

const rounds = Number(process.argv[2] ?? 5);
const require = createRequire(import.meta.url);
const wranglerBin = join(dirname(require.resolve('wrangler/package.json')), 'bin/wrangler.js');
const nxBin = join(dirname(require.resolve('nx/package.json')), 'dist/bin/nx.js');
const env = { CI: 'true', NX_DAEMON: 'false', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' };

type Prepare = Contender['prepare'];

const wrangler = (workspace: BenchWorkspace, prepare: Prepare): Contender => ({
  name: 'wrangler d1 migrations apply --local',
  prepare,
  command: [
    process.execPath,
    wranglerBin,
    ...['d1', 'migrations', 'apply', 'DB', '--local'],
    `--env=${workspace.wranglerEnv}`,
    `--config=${workspace.wranglerConfig}`,
    `--persist-to=${workspace.persistTo}`,
  ],
  cwd: workspace.root,
  env,
});

const executor = (name: string, workspace: BenchWorkspace, prepare: Prepare): Contender => ({
  name: `${name}, the executor's own process`,
  prepare,
  command: [
    process.execPath,
    join(REPOSITORY, 'packages/d1-migrate/src/testing/run-executor.ts'),
    name,
    workspace.root,
    JSON.stringify({ wranglerConfig: workspace.wranglerConfig, persistTo: workspace.persistTo }),
  ],
  cwd: workspace.root,
  env,
});

const nx = (name: string, args: readonly string[], prepare: Prepare): Contender => ({
  name,
  prepare,
  command: [process.execPath, nxBin, 'run', ...args],
  cwd: REPOSITORY,
  env,
});

const own = ownWorkspace();
const fifty = generatedWorkspace(50);
const nxMigrate = (prepare: Prepare) =>
  nx('nx run workers:migrate', ['workers:migrate', `--persistTo=${own.persistTo}`], prepare);
const nxNothing = (prepare: Prepare) =>
  nx('nx run, an executor that does nothing', ['bench:nothing'], prepare);
const nothing: Prepare = () => undefined;
try {
  printRatios(
    'Four pending migrations',
    await measure(
      [
        wrangler(own, own.clear),
        executor('migrate', own, own.clear),
        nxMigrate(own.clear),
        nxNothing(nothing),
      ],
      rounds,
    ),
  );
  printRatios(
    'Nothing pending',
    await measure(
      [wrangler(own, nothing), executor('migrate', own, nothing), nxMigrate(nothing), nxNothing(nothing)],
      rounds,
    ),
  );
  printRatios(
    'Fifty migrations on a fresh database',
    await measure([wrangler(fifty, fifty.clear), executor('reset', fifty, fifty.clear)], Math.min(rounds, 3)),
  );
} finally {
  own.remove();
  fifty.remove();
}
