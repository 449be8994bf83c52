import { defineCommand, flag, reportOptions, targetOptions, text } from 'd1-core/command';
import { confirm, fleetOptions, fleetRequest, waveOptions, wavesRequest } from './shared-options.ts';

export const rollbackCommand = defineCommand({
  name: 'rollback',
  title: 'Take a migration back on a fleet',
  description:
    'Rolls the last migration back on every database of a fleet that has it, by its proved rollback script, wave after wave, and stops where too many fail. Shows the script and what would be lost before it asks. A database without the migration is left as it is, so a run that was interrupted in any way continues when it is run again.',
  options: {
    ...targetOptions,
    ...fleetOptions,
    ...waveOptions,
    migration: text(
      'The name of the migration to roll back. Default: the newest one that a database of the fleet has.',
      { priority: 'important' },
    ),
    acceptDataLoss: text(
      'The tables whose rows or values may be lost on a protected environment, with commas between them.',
    ),
    confirm,
    dryRun: flag('Show what would be done, and what would be lost in the first database, and stop.', {
      priority: 'important',
    }),
    ...reportOptions,
  },
  examples: [
    {
      description: 'Show what would be rolled back, and where',
      environment: 'production',
      options: { match: 'tenant-*', dryRun: true },
    },
    {
      description: 'Roll it back on one database, and look',
      environment: 'staging',
      options: { match: 'tenant-*', lastWave: 1 },
    },
  ],
  exitCodes: { 3: 'not all databases were begun: run it again to continue' },
  target: {
    defaultName: 'fleet-rollback',
    description: 'Take a migration back on the databases of a fleet, wave after wave',
    location: 'any',
    example: { match: 'tenant-*' },
  },
  async run(given, { workspaceRoot, pluginVersion }) {
    const { dryRun, migration, acceptDataLoss = '' } = given;
    const [
      { audited },
      { confirmTarget, identifyRun, interruptible, show, showProgress },
      { fleetRollback },
      report,
    ] = await Promise.all([
      import('d1-core/audit'),
      import('d1-core/run'),
      import('../fleet/rollback.ts'),
      import('../fleet/describe-rollback.ts'),
    ]);
    const identify = identifyRun(workspaceRoot, pluginVersion);
    const progress = showProgress(process.stderr);
    const request = {
      ...(await fleetRequest(given, workspaceRoot)),
      ...(await wavesRequest(given)),
      ...{ migration, dryRun, identify, onProgress: progress.show },
      acceptDataLoss: acceptDataLoss.split(',').map((table) => table.trim()),
    };
    const { target } = request;
    const result = await interruptible((signal) =>
      audited({ target, action: 'fleet-rollback', identify, dryRun }, async (recorder) => {
        const rolledBack = await fleetRollback({
          ...request,
          signal,
          async approve(plan) {
            progress.clear();
            show(given, report.describeRollbackPlan(target, plan));
            if (dryRun || plan.migration === undefined || plan.waves.length === 0) return;
            await confirmTarget(target, given.confirm);
            await recorder.begin({
              bookmark: null,
              migrations: [{ name: plan.migration, outcome: 'started' }],
            });
          },
        });
        const name = rolledBack.plan.migration;
        const outcome = report.exitCodeOf(rolledBack) === 0 ? 'rolled-back' : 'incomplete';
        const notNoted = await recorder.end({
          migrations: name === undefined ? [] : [{ name, outcome }],
          error: report.errorOf(rolledBack),
        });
        return { ...rolledBack, notNoted };
      }),
    ).finally(() => progress.clear());
    return {
      result,
      exitCode: dryRun ? 0 : report.exitCodeOf(result),
      text: [...(dryRun ? [] : report.describeRolledBack(result)), ...result.notNoted],
      document: report.rolledBackDocument(target, result),
    };
  },
});
