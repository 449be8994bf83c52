import { defineCommand, flag, reportOptions, targetOptions } from 'd1-core/command';
import { fleetOptions } from './shared-options.ts';

export const statusCommand = defineCommand({
  name: 'status',
  title: 'Show where the databases of a fleet stand',
  description:
    'Compares the history and the schema of every database of a fleet with the migrations folder that they share: how many stand where, which differ, and which cannot be migrated. Writes nothing into them. What was seen is kept in .d1/fleet beside the wrangler config, so that an unchanged fleet is answered at once.',
  options: {
    ...targetOptions,
    ...fleetOptions,
    check: flag('Fail unless every database has all migrations, and the schema of the others.', {
      priority: 'important',
    }),
    ...reportOptions,
  },
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
  async run({ match, list, query, sample, full, concurrency, share, check, ...options }, { workspaceRoot }) {
    const [
      { resolve },
      { interruptible, showProgress },
      { resolveTarget },
      { fleetStatus, paceFor },
      report,
    ] = await Promise.all([
      import('node:path'),
      import('d1-core/run'),
      import('d1-core/target'),
      import('../fleet/status.ts'),
      import('../fleet/report.ts'),
    ]);
    const target = resolveTarget(options, workspaceRoot);
    const source = { match, query, list: list === undefined ? undefined : resolve(workspaceRoot, list) };
    const progress = showProgress(process.stderr);
    const seen = await interruptible((signal) =>
      fleetStatus({
        ...{ target, source, concurrency, signal, onProgress: progress.show },
        sample: full ? 'all' : sample,
        pace: paceFor(target, share / 100),
      }),
    ).finally(() => progress.clear());
    const found = report.reportOf(seen);
    return {
      exitCode: check && !report.isEven(found) ? 1 : 0,
      text: report.describeFleet(target, found),
      document: report.fleetDocument(target, found),
    };
  },
});
