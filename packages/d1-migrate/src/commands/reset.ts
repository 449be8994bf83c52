import { resolve } from 'node:path';
import { defineCommand, flag, path, reportOptions, targetOptions } from 'd1-core/command';
import { confirm, startAfter } from './shared-options.ts';

export const resetCommand = defineCommand({
  name: 'reset',
  title: 'Make a fresh local database',
  description:
    'Replaces a local D1 database by a fresh one and applies all migrations, in one engine. Refuses anything remote.',
  options: {
    ...targetOptions,
    startAfter,
    confirm,
    seed: path('A file of SQL to run after the migrations', { priority: 'important' }),
    dryRun: flag(
      'Apply the migrations and run the seed on a throw-away database, show what would be replaced, and stop.',
      { priority: 'important' },
    ),
    ...reportOptions,
  },
  examples: [
    {
      description: 'A fresh database with sample rows',
      options: { seed: 'migrations/seed/development.sql' },
    },
  ],
  target: {
    defaultName: 'reset',
    description: 'Replace the local D1 database by a fresh one and migrate it',
    location: 'local',
    example: { environment: 'development' },
  },
  async run({ seed, dryRun, ...given }, { workspaceRoot, pluginVersion }) {
    const [{ confirmTarget, identifyRun }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../reset/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const result = await work.reset({
      target,
      dryRun,
      approve: () => confirmTarget(target, given.confirm),
      identify: identifyRun(workspaceRoot, pluginVersion),
      seed: seed === undefined ? undefined : resolve(workspaceRoot, seed),
    });
    return { result, exitCode: 0, text: work.describeReset(result), document: work.resetDocument(result) };
  },
});
