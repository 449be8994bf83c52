import { resolve } from 'node:path';
import { defineCommand, path, reportOptions, targetOptions } from 'd1-core/command';
import { confirm } from './shared-options.ts';

export const resetCommand = defineCommand({
  name: 'reset',
  title: 'Make a fresh local database',
  description:
    'Replaces a local D1 database by a fresh one and applies all migrations, in one engine. Refuses anything remote.',
  options: {
    ...targetOptions,
    confirm,
    seed: path('A file of SQL to run after the migrations', { priority: 'important' }),
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
  async run({ seed, ...given }, { workspaceRoot, pluginVersion }) {
    const [{ confirmTarget, identifyRun }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../reset/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const result = await work.reset({
      target,
      approve: () => confirmTarget(target, given.confirm),
      identify: identifyRun(workspaceRoot, pluginVersion),
      seed: seed === undefined ? undefined : resolve(workspaceRoot, seed),
    });
    return { exitCode: 0, text: work.describeReset(result), document: work.resetDocument(result) };
  },
});
