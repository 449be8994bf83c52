import { count, defineCommand, environmentOptions, flag, reportOptions, text } from 'd1-core/command';
import { shelfOptions } from './shared-options.ts';

const important = { priority: 'important' } as const;

export const pruneCommand = defineCommand({
  name: 'prune',
  title: 'Delete old archives',
  description:
    'Deletes the archives of an environment that no keep rule keeps. Rules count archives of one database with the same contents together. The newest proved one of each kind always stays, and so does every file that is not known to be an archive of this environment.',
  options: {
    ...environmentOptions,
    ...shelfOptions,
    keepLast: count('How many of the newest archives to keep.', important),
    keepDaily: count('For how many days, of those that have an archive, to keep the newest one.', important),
    keepWeekly: count(
      'For how many weeks, of those that have an archive, to keep the newest one. Weeks begin on Monday.',
      important,
    ),
    keepMonthly: count(
      'For how many months, of those that have an archive, to keep the newest one.',
      important,
    ),
    timeZone: text('The time zone of days, weeks and months, such as Europe/Berlin. Default: UTC.'),
    dryRun: flag('Show the groups, and what would be deleted of each, and stop.', important),
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
    { archives, identity, keepLast, keepDaily, keepWeekly, keepMonthly, timeZone, dryRun, ...options },
    { workspaceRoot },
  ) {
    const [{ showProgress }, { resolveEnvironmentOf }, shelves] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../shelf/index.ts'),
    ]);
    const { name, accountId } = resolveEnvironmentOf(options, workspaceRoot);
    const shelf = shelves.openShelf({ archives, workspaceRoot, accountId, identity });
    const progress = showProgress(process.stderr);
    const result = await shelves
      .prune({
        shelf,
        environment: name,
        rules: { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly },
        dryRun,
        timeZone,
        now: new Date(),
        onDelete: (archive) => progress.show(`deleting ${archive.name}`),
      })
      .finally(() => {
        progress.clear();
        return shelf.close();
      });
    return {
      result,
      exitCode: result.failed.length > 0 ? 1 : 0,
      text: shelves.describePrune(result),
      document: shelves.pruneDocument(result),
    };
  },
});
