import { resolve } from 'node:path';
import { countOr, defineCommand, path, reportOptions, targetOptions } from 'd1-core/command';
import { fleetOptions, fleetRequest, waveOptions } from './shared-options.ts';

export const planCommand = defineCommand({
  name: 'plan',
  title: 'Rehearse what a fleet-migrate would do',
  description:
    'Groups the databases of a fleet by their history and schema, and applies the pending migrations to throw-away copies of some databases of each group, with their data. Shows which groups cannot take them, what would be lost, and what the run will cost. With --output it writes a plan for approval, which the option --plan of fleet-migrate applies only to databases of groups that passed. Changes no database.',
  options: {
    ...targetOptions,
    ...fleetOptions,
    only: waveOptions.only,
    skip: waveOptions.skip,
    rehearsals: countOr(1, 'Databases of each group on whose data the migrations are rehearsed.', {
      priority: 'important',
    }),
    output: path('The file to write the plan to', { priority: 'important' }),
    ...reportOptions,
  },
  examples: [
    {
      description: 'Write a plan, with three rehearsals for each kind of database',
      environment: 'production',
      options: { match: 'tenant-*', rehearsals: 3, output: 'dist/d1/fleet-plan.json' },
    },
  ],
  exitCodes: { 1: 'a group cannot take the migrations, or something stands in the way of a database' },
  target: {
    defaultName: 'fleet-plan',
    description: 'Rehearse the pending migrations on databases of each kind in a fleet',
    location: 'any',
    example: { match: 'tenant-*' },
  },
  async run(given, { workspaceRoot }) {
    const [{ interruptible, showProgress }, { fleetPlan, isReady }, { writePlan }, report] =
      await Promise.all([
        import('d1-core/run'),
        import('../fleet/plan.ts'),
        import('../fleet/plan-file.ts'),
        import('../fleet/describe-plan.ts'),
      ]);
    const request = await fleetRequest(given, workspaceRoot);
    const { only, skip, rehearsals, output, share } = given;
    const progress = showProgress(process.stderr);
    const plan = await interruptible((signal) =>
      fleetPlan({ ...request, only, skip, rehearsals, signal, onProgress: progress.show }),
    ).finally(() => progress.clear());
    if (output !== undefined) await writePlan(resolve(workspaceRoot, output), plan.file);
    return {
      result: plan,
      exitCode: isReady(plan) ? 0 : 1,
      text: report.describeFleetPlan(request.target, share / 100, plan, output),
      document: report.fleetPlanDocument(request.target, plan),
    };
  },
});
