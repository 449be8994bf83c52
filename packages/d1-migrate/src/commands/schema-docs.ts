import { join, resolve } from 'node:path';
import { databaseOptions, defineCommand, flag, path, reportOptions } from 'd1-core/command';
import { D1Error } from 'd1-core/errors';

const USUAL = { folder: 'docs', name: 'schema.md' };

export const schemaDocsCommand = defineCommand({
  name: 'schema-docs',
  title: 'Check or write the change log and the schema page',
  description:
    'Compares migrations/CHANGELOG.md, which says what each migration does, and docs/schema.md, with all tables and a diagram, with what the migrations give; --write writes them. Needs no database. Without --database it takes the migrations of every database of the Worker.',
  options: {
    ...databaseOptions,
    schemaFile: path('Where the schema page goes', {
      more: 'A folder where it ends in "/". Default: docs/schema.md, with the binding where the Worker has several databases.',
      priority: 'important',
    }),
    changelogFile: path('Where the change log goes', {
      more: 'A folder where it ends in "/". Default: CHANGELOG.md in the migrations folder.',
    }),
    write: flag('Write the files. Without it they are compared, and one that is stale fails.', {
      priority: 'important',
    }),
    ...reportOptions,
  },
  examples: [
    { description: 'Fail in CI when a file is stale' },
    { description: 'Write both files', options: { write: true } },
  ],
  exitCodes: { 1: 'a file is stale', 3: 'written up to a migration that cannot be run' },
  target: {
    defaultName: 'schema-docs',
    description: 'Check or write the change log of the D1 migrations and the page of their schema',
    location: 'any',
    outputs: ['CHANGELOG.md'],
    otherOutputs: ['docs/schema.md'],
    ownFolder: { option: 'schemaFile', folder: 'docs' },
    outputOptions: ['schemaFile', 'changelogFile'],
  },
  async run({ schemaFile, changelogFile, write, ...options }, { workspaceRoot }) {
    const [{ fileOfMigrations, outputFile }, { listAllMigrations }, work, { forEachDatabase }] =
      await Promise.all([
        import('d1-core/inference'),
        import('../survey/index.ts'),
        import('../schema-docs/index.ts'),
        import('./for-each-database.ts'),
      ]);
    return forEachDatabase(options, workspaceRoot, async (target, isOneOfSeveral) => {
      if (isOneOfSeveral) for (const file of [schemaFile, changelogFile]) requireFolder(file);
      const { database, environment } = target;
      const changelog = fileOfMigrations('CHANGELOG.md', database, environment);
      const result = await work.writeSchemaDocs({
        files: listAllMigrations(target),
        schemaFile: resolve(workspaceRoot, outputFile(schemaFile, USUAL, target)),
        changelogFile:
          changelogFile === undefined
            ? join(database.migrationsDir, changelog)
            : resolve(workspaceRoot, outputFile(changelogFile, { folder: '', name: 'CHANGELOG.md' }, target)),
        write,
      });
      const isStale = result.documents.some(({ outcome }) => outcome === 'stale');
      return {
        result,
        exitCode: isStale ? 1 : result.failed === undefined ? 0 : 3,
        text: work.describeSchemaDocs(result, workspaceRoot),
        document: work.schemaDocsDocument(result, workspaceRoot),
      };
    });
  },
});

function requireFolder(file: string | undefined): void {
  if (file === undefined || file.endsWith('/')) return;
  throw new D1Error({
    code: 'file-of-one-database',
    message: `${file} is one file, and the Worker has several databases.`,
    fix: `Name a folder, with a "/" at its end, or one database with --database=<binding>.`,
    notes: ['Nothing was written.'],
    exitCode: 2,
  });
}
