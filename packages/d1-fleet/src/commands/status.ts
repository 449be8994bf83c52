import { defineCommand, flag, reportOptions, targetOptions } from 'd1-core/command';
import { fleetOptions, fleetRequest } from './shared-options.ts';

export const statusCommand = defineCommand({
  name: 'status',
  title: 'Show where the databases of a fleet stand',
  description:
    'Compares the history and the schema of every database of a fleet with the migrations folder that they share: how many stand where, which differ, and which cannot be migrated. Writes nothing into them. What was seen is kept in .d1/fleet next to the wrangler config, so that an unchanged fleet is answered at once.',
  options: {
    ...targetOptions,
    ...fleetOptions,
    check: flag('Fail unless every database has all migrations, and the schema of the others.', {
      priority: 'important',
    }),
    ...reportOptions,
  },
  ineffective: [{ options: ['sample'], beside: { full: true }, why: 'every database is asked' }],
  examples: [
    {
      description: 'Every database of the account whose name begins with tenant-',
      environment: 'production',
      options: { match: 'tenant-*' },
    },
    { description: 'Local databases from a list', options: { list: 'tenants.csv', check: true } },
  ],
  exitCodes: { 1: 'with --check: not all are up to date' },
  target: {
    defaultName: 'fleet-status',
    description: 'Show where the databases of a fleet stand',
    location: 'any',
    example: { match: 'tenant-*' },
  },
  async run({ check, ...given }, { workspaceRoot }) {
    const [{ interruptible, showProgress }, { fleetStatus }, report] = await Promise.all([
      import('d1-core/run'),
      import('../fleet/status.ts'),
      import('../fleet/report.ts'),
    ]);
    const request = await fleetRequest(given, workspaceRoot);
    const progress = showProgress(process.stderr);
    const seen = await interruptible((signal) =>
      fleetStatus({ ...request, signal, onProgress: progress.show }),
    ).finally(() => progress.clear());
    const found = report.reportOf(seen);
    return {
      result: found,
      exitCode: check && !report.isEven(found) ? 1 : 0,
      text: report.describeFleet(request.target, found),
      document: report.fleetDocument(request.target, found),
    };
  },
});
