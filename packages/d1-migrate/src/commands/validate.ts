import { join } from 'node:path';
import { databaseOptions, defineCommand, flag, reportOptions } from 'd1-core/command';

export const validateCommand = defineCommand({
  name: 'validate',
  title: 'Validate the migrations',
  description:
    'Runs all migrations and their rollback scripts on throw-away databases: empty ones, and ones with rows in every table. Touches no database of yours.',
  options: {
    ...databaseOptions,
    write: flag(
      'Write the schema that the migrations give to schema/schema.sql in the migrations folder. Without it the file is compared, if it is there.',
      { priority: 'important' },
    ),
    ...reportOptions,
  },
  examples: [
    { description: 'Before every commit of a migration, and in CI' },
    { description: 'And bring schema/schema.sql up to date', options: { write: true } },
  ],
  target: {
    defaultName: 'validate',
    description: 'Run all D1 migrations and their rollback scripts on throw-away databases with rows',
    location: 'any',
    outputs: ['schema/schema.sql'],
    dependsOn: [{ target: 'lint', of: 'd1-lint/plugin' }],
  },
  async run({ write, ...options }, { workspaceRoot }) {
    const [{ resolveTarget }, { listAllMigrations }, work] = await Promise.all([
      import('d1-core/target'),
      import('../survey/index.ts'),
      import('../validate/index.ts'),
    ]);
    const target = resolveTarget(options, workspaceRoot);
    const result = await work.validate({
      wrangler: target.wrangler,
      files: listAllMigrations(target),
      schemaFile: join(target.database.migrationsDir, 'schema', 'schema.sql'),
      write,
    });
    const failed = result.problems.some(({ severity }) => severity === 'error');
    return {
      exitCode: failed ? 1 : 0,
      text: work.describeValidation(result, workspaceRoot),
      document: work.validateDocument(result, workspaceRoot),
    };
  },
});
