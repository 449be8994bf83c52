import { join } from 'node:path';
import { databaseOptions, defineCommand, flag, reportOptions } from 'd1-core/command';

export const validateCommand = defineCommand({
  name: 'validate',
  title: 'Validate the migrations',
  description:
    'Runs all migrations and their rollback scripts on throw-away databases: empty ones, and ones with rows in every table. Touches no database of yours. Without --database it takes the migrations of every database of the Worker.',
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
    const [{ fileOfMigrations }, { listAllMigrations }, work, { forEachDatabase }] = await Promise.all([
      import('d1-core/inference'),
      import('../survey/index.ts'),
      import('../validate/index.ts'),
      import('./for-each-database.ts'),
    ]);
    return forEachDatabase(options, workspaceRoot, async (target) => {
      const { database, environment, wrangler } = target;
      const schemaFile = fileOfMigrations('schema/schema.sql', database, environment);
      const result = await work.validate({
        wrangler,
        files: listAllMigrations(target),
        schemaFile: join(database.migrationsDir, schemaFile),
        write,
      });
      const failed = result.problems.some(({ severity }) => severity === 'error');
      return {
        result,
        exitCode: failed ? 1 : 0,
        text: work.describeValidation(result, workspaceRoot),
        document: work.validateDocument(result, workspaceRoot),
      };
    });
  },
});
