import { defineCommand, environmentOptions, flag, reportOptions } from 'd1-core/command';
import { shelfOptions } from './shared-options.ts';

export const listCommand = defineCommand({
  name: 'list',
  title: 'List the archives',
  description:
    'Shows the archives of an environment in a folder or a bucket: when they were begun, what is in them, their size, and whether they were proved.',
  options: {
    ...environmentOptions,
    ...shelfOptions,
    all: flag('Show the archives of all environments.', { priority: 'important' }),
    ...reportOptions,
  },
  examples: [
    { description: 'Show every archive of the folder backups', options: { all: true } },
    {
      description: 'Show the archives of production in a bucket',
      environment: 'production',
      options: { archives: 's3://archives/d1' },
    },
  ],
  target: {
    defaultName: 'backup-list',
    description: 'List the archives, with their age, environment, size and proof',
    location: 'any',
    example: { json: true },
  },
  async run({ archives, identity, all, ...options }, { workspaceRoot }) {
    const [{ resolveEnvironmentOf }, shelves] = await Promise.all([
      import('d1-core/target'),
      import('../shelf/index.ts'),
    ]);
    const { name, accountId } = resolveEnvironmentOf(options, workspaceRoot);
    const shelf = shelves.openShelf({ archives, workspaceRoot, accountId, identity });
    const list = await shelves.listArchives(shelf).finally(() => shelf.close());
    const shown = shelves.ofEnvironment(list, all ? undefined : name);
    return {
      result: shown,
      exitCode: 0,
      text: shelves.describeList(shown, new Date()),
      document: shelves.listDocument(shown),
    };
  },
});
