import { count, defineCommand, flag, reportOptions, targetOptions } from 'd1-core/command';
import { shelfOptions } from './shared-options.ts';

const important = { priority: 'important' } as const;

export const pruneCommand = defineCommand({
  name: 'prune',
  title: 'Delete old archives',
  description:
    'Deletes the archives of an environment that no keep rule keeps. The newest proved one always stays, and so does every file that is not known to be an archive of this environment.',
  options: {
    ...targetOptions,
    ...shelfOptions,
    keepLast: count('Keep the newest archives, so many.', important),
    keepDaily: count(
      'Keep the newest archive of each of the last days that have one, so many. Days are in UTC.',
      important,
    ),
    keepWeekly: count(
      'Keep the newest archive of each of the last weeks that have one, so many. Weeks begin on Monday, UTC.',
      important,
    ),
    keepMonthly: count(
      'Keep the newest archive of each of the last months that have one, so many. Months are in UTC.',
      important,
    ),
    dryRun: flag('Show what would be deleted, and stop.', important),
    ...reportOptions,
  },
  examples: [
    {
      description: 'Show which archives of production would be deleted',
      environment: 'production',
      options: { keepDaily: 7, keepWeekly: 5, keepMonthly: 12, dryRun: true },
    },
  ],
  target: {
    defaultName: 'backup-prune',
    description: 'Delete the archives that no keep rule keeps',
    location: 'any',
    example: { dryRun: true },
  },
  async run(
    { output, identity, keepLast, keepDaily, keepWeekly, keepMonthly, dryRun, ...options },
    { workspaceRoot },
  ) {
    const [{ showProgress }, { resolveTarget }, shelves] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../shelf/index.ts'),
    ]);
    const { environment } = resolveTarget(options, workspaceRoot);
    const { accountId } = environment;
    const shelf = shelves.openShelf({ output, workspaceRoot, accountId, identity });
    const progress = showProgress(process.stderr);
    const result = await shelves
      .prune({
        shelf,
        environment: environment.name,
        rules: { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly },
        dryRun,
        now: new Date(),
        onDelete: ({ name }) => progress.show(`deleting ${name}`),
      })
      .finally(() => {
        progress.clear();
        return shelf.close();
      });
    return {
      exitCode: result.failed.length > 0 ? 1 : 0,
      text: shelves.describePrune(result),
      document: shelves.pruneDocument(result),
    };
  },
});
