import { resolve } from 'node:path';
import { defineCommand, flag, path, reportOptions, targetOptions } from 'd1-core/command';
import { confirm, fleetOptions, fleetRequest, waveOptions, wavesRequest } from './shared-options.ts';

export const migrateCommand = defineCommand({
  name: 'migrate',
  title: 'Migrate the databases of a fleet',
  description:
    'Brings every database of a fleet to the newest migration, wave after wave, and stops where too many fail. In each database a migration and its row in the history are one transaction, which the history takes only once: a run that was interrupted in any way continues when it is run again.',
  options: {
    ...targetOptions,
    ...fleetOptions,
    ...waveOptions,
    plan: path(
      'The plan of fleet-plan that must hold: only databases of its groups that passed are migrated',
      {
        priority: 'important',
      },
    ),
    skipRehearsal: flag('Change a protected environment without a plan.'),
    confirm,
    dryRun: flag('Show what would be done, and stop.', { priority: 'important' }),
    ...reportOptions,
  },
  ineffective: [{ options: ['sample'], beside: { full: true }, why: 'every database is asked' }],
  examples: [
    {
      description: 'Show the waves for every database whose name begins with tenant-',
      environment: 'production',
      options: { match: 'tenant-*', dryRun: true },
    },
    {
      description: 'Migrate the first two waves',
      environment: 'staging',
      options: { match: 'tenant-*', lastWave: 2 },
    },
  ],
  exitCodes: { 3: 'not all databases were begun: run it again to continue' },
  target: {
    defaultName: 'fleet-migrate',
    description: 'Migrate the databases of a fleet, wave after wave',
    location: 'any',
    example: { match: 'tenant-*' },
  },
  async run(given, { workspaceRoot, pluginVersion }) {
    const { share, dryRun, skipRehearsal } = given;
    const [
      { audited },
      { confirmTarget, identifyRun, interruptible, show, showProgress },
      { fleetMigrate },
      { readPlan },
      report,
    ] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('../fleet/migrate.ts'),
      import('../fleet/plan-file.ts'),
      import('../fleet/describe-migrate.ts'),
    ]);
    const identify = identifyRun(workspaceRoot, pluginVersion);
    const progress = showProgress(process.stderr);
    const request = {
      ...(await fleetRequest(given, workspaceRoot)),
      ...(await wavesRequest(given)),
      ...{ dryRun, identify, skipRehearsal },
      plan: given.plan === undefined ? undefined : await readPlan(resolve(workspaceRoot, given.plan)),
      onProgress: progress.show,
    };
    const { target } = request;
    const result = await interruptible((signal) =>
      audited({ target, action: 'fleet-migrate', identify, dryRun }, async (recorder) => {
        const migrated = await fleetMigrate({
          ...request,
          signal,
          async approve(plan) {
            progress.clear();
            show(given, report.describePlan(target, share / 100, plan));
            if (dryRun || plan.waves.length === 0) return;
            await confirmTarget(target, given.confirm);
            await recorder.begin({
              bookmark: null,
              plan: request.plan?.hash ?? null,
              migrations: outcomes(plan.pending, 'started'),
            });
          },
        });
        const notNoted = await recorder.end({
          migrations: outcomes(
            migrated.plan.pending,
            report.exitCodeOf(migrated) === 0 ? 'applied' : 'incomplete',
          ),
          error: report.errorOf(migrated),
        });
        return { ...migrated, notNoted };
      }),
    ).finally(() => progress.clear());
    return {
      result,
      exitCode: dryRun ? 0 : report.exitCodeOf(result),
      text: [...(dryRun ? [] : report.describeMigrated(result)), ...result.notNoted],
      document: report.migratedDocument(target, result),
    };
  },
});

/** For the audit file: how many databases it was is said by its error, or by the list of the fleet. */
const outcomes = (names: readonly string[], outcome: string) => names.map((name) => ({ name, outcome }));
