// usage: npm run bench:validate -- [rounds]
// Times "validate" of 100 migrations, without and with a rollback script for each, against applying the same files once
// to a local database in one engine, as "reset" does. The start-up of the engine is taken out, and printed beside it.
import { join } from 'node:path';
import { execa } from 'execa';
import { printRatios, summarize } from './measure.ts';
import { generatedWorkspace, REPOSITORY } from './workspace.ts';

const MIGRATIONS = 100;
const rounds = process.argv[2] ?? '5';
const workspace = generatedWorkspace(MIGRATIONS);
const script = join(REPOSITORY, 'packages/d1-migrate/src/testing/time-validate.ts');

interface Times {
  readonly startUp: readonly number[];
  readonly applyOnce: readonly number[];
  readonly withoutScripts: readonly number[];
  readonly withScripts: readonly number[];
}

try {
  const { stdout } = await execa(process.execPath, [
    script,
    workspace.root,
    workspace.wranglerConfig,
    rounds,
  ]);
  const times: Times = JSON.parse(stdout);
  const start = summarize('start-up of the engine', times.startUp).medianMs;
  const work = (values: readonly number[]) => values.map((value) => value - start);
  printRatios(`${MIGRATIONS} migrations, without the start-up of the engine`, [
    summarize('applied once, in one engine', times.applyOnce),
    summarize('validate, no rollback scripts', work(times.withoutScripts)),
    summarize('validate, with all rollback scripts', work(times.withScripts)),
  ]);
  console.log(`\nStart-up of the engine: ${(start / 1000).toFixed(2)} s`);
} finally {
  workspace.remove();
}
