import { resolve } from 'node:path';
import { defineCommand, path, reportOptions, targetOptions } from 'd1-core/command';
import { planFile } from 'd1-core/inference';
import { codeOptions } from './shared-options.ts';
import { startAfter } from './shared-options.ts';

export const planCommand = defineCommand({
  name: 'plan',
  title: 'Rehearse what a migrate would do',
  description:
    'Applies the pending migrations to a throw-away copy of the data, and shows what would change and what would be lost, what the linter says, and the ways back. With --output it writes a plan for approval, which the option --plan of migrate applies only while nothing of it has changed. The database stays as it is.',
  options: {
    ...targetOptions,
    startAfter,
    from: path('A file to take the data from instead of the database: SQL, or an archive of d1-backup', {
      priority: 'important',
    }),
    output: path('The file to write the plan to', {
      more: 'A summary as Markdown is written next to it. In a folder, written with a "/" at its end, the file is named after Worker and environment, and the binding where the Worker has several databases.',
      priority: 'important',
    }),
    ...codeOptions,
    ...reportOptions,
  },
  examples: [
    {
      description: 'Rehearse on a copy of the data in production, which is only read',
      environment: 'production',
    },
    {
      description: 'Rehearse on the data of an archive',
      environment: 'production',
      options: { from: 'backups/production.zip' },
    },
    {
      description: 'Write a plan for approval',
      environment: 'production',
      options: { output: 'dist/d1/plan-production.json' },
    },
  ],
  exitCodes: {
    1: 'rows would be lost, a migration fails, or the plan must not be applied for another reason',
  },
  target: {
    defaultName: 'plan',
    description: 'Rehearse the pending D1 migrations on a copy of the data, and write a plan for approval',
    location: 'any',
  },
  async run(given, { workspaceRoot, pluginVersion }) {
    const [{ identifyRun, showProgress }, { resolveTarget }, work] = await Promise.all([
      import('d1-core/run'),
      import('d1-core/target'),
      import('../plan/index.ts'),
    ]);
    const target = resolveTarget(given, workspaceRoot);
    const progress = showProgress(process.stderr);
    const plan = await work
      .makePlan({
        target,
        workspaceRoot,
        identify: identifyRun(workspaceRoot, pluginVersion),
        source:
          given.from === undefined
            ? { kind: 'database' }
            : { kind: 'file', file: resolve(workspaceRoot, given.from) },
        deployed: given.deployed,
        acceptBrokenQueries: given.acceptBrokenQueries,
        onProgress: progress.show,
      })
      .finally(() => progress.clear());
    const output = given.output === undefined ? undefined : planFile(given.output, target);
    if (output !== undefined) await work.writePlan(resolve(workspaceRoot, output), plan);
    return {
      result: plan,
      exitCode: plan.problems.length === 0 ? 0 : 1,
      text: work.describePlan(plan, output === undefined ? [] : [output, work.summaryFile(output)]),
      document: work.planDocument(plan),
    };
  },
});
