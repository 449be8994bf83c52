import { join, resolve } from 'node:path';
import { databaseOptions, defineCommand, flag, path, reportOptions } from 'd1-core/command';
import { outputFile } from './output-file.ts';

const USUAL = { folder: 'docs', name: 'schema.md' };

export const schemaDocsCommand = defineCommand({
  name: 'schema-docs',
  title: 'Check or write the change log and the schema page',
  description:
    'Compares migrations/CHANGELOG.md, which says what each migration does, and docs/schema.md, with all tables and a diagram, with what the migrations give; --write writes them. Needs no database.',
  options: {
    ...databaseOptions,
    schemaFile: path('Where the schema page goes', {
      more: 'A folder where it ends in "/". Default: docs/schema.md, with the binding where the Worker has several databases.',
      priority: 'important',
    }),
    changelogFile: path('Where the change log goes', {
      more: 'Default: CHANGELOG.md in the migrations folder.',
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
    const [{ resolveTarget }, { listAllMigrations }, work] = await Promise.all([
      import('d1-core/target'),
      import('../survey/index.ts'),
      import('../schema-docs/index.ts'),
    ]);
    const target = resolveTarget(options, workspaceRoot);
    const result = await work.writeSchemaDocs({
      files: listAllMigrations(target),
      schemaFile: resolve(workspaceRoot, outputFile(schemaFile, USUAL, target)),
      changelogFile:
        changelogFile === undefined
          ? join(target.database.migrationsDir, 'CHANGELOG.md')
          : resolve(workspaceRoot, changelogFile),
      write,
    });
    const isStale = result.documents.some(({ outcome }) => outcome === 'stale');
    return {
      exitCode: isStale ? 1 : result.failed === undefined ? 0 : 3,
      text: work.describeSchemaDocs(result, workspaceRoot),
      document: work.schemaDocsDocument(result, workspaceRoot),
    };
  },
});
