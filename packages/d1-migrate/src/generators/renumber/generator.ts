import { defineGenerator, flag, generatorOptions } from 'd1-core/command';

/** Gives every migration that is applied nowhere the next free number. Reads databases, changes only files. */
export const renumberGenerator = defineGenerator({
  name: 'renumber',
  title: 'Rename unapplied migrations so that every number is there once',
  description:
    'After a merge, renames the migrations that are applied nowhere, so that every number is there once and without a gap. Applied migrations keep their names.',
  options: {
    all: flag('Ask the remote databases too what is applied, and not the local ones alone.', {
      priority: 'important',
    }),
    ...generatorOptions,
  },
  examples: [
    { description: 'Show what would be renamed', words: ['--dry-run'] },
    { description: 'Ask the remote databases too', words: ['--all'] },
  ],
  async run(site, { all, ...options }) {
    const [{ findMigrations }, { appliedNamesOf }, { renumber }] = await Promise.all([
      import('../shared/new-migration.ts'),
      import('../shared/applied-names.ts'),
      import('./renumber.ts'),
    ]);
    const place = findMigrations(site, options);
    const appliedNames = appliedNamesOf(site, place.worker, place.database.binding);
    await renumber(place, { all, appliedNames });
  },
});
