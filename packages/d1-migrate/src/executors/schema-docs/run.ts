import { join, resolve } from 'node:path';
import { runCommand } from 'd1-core/run';
import { describeSchemaDocs, schemaDocsDocument, writeSchemaDocs } from '../../schema-docs/index.ts';
import { listAllMigrations } from '../../status/index.ts';
import { resolveTarget } from 'd1-core/target';
import { outputFile } from '../output-file.ts';
import type { SchemaDocsExecutorOptions } from './schema.d.ts';

const USUAL = { folder: 'docs', name: 'schema.md' };

export function runSchemaDocs(
  options: SchemaDocsExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('schema-docs', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const result = await writeSchemaDocs({
      files: listAllMigrations(target),
      schemaFile: resolve(workspaceRoot, outputFile(options.schemaFile, USUAL, target)),
      changelogFile:
        options.changelogFile === undefined
          ? join(target.database.migrationsDir, 'CHANGELOG.md')
          : resolve(workspaceRoot, options.changelogFile),
      check: options.check ?? false,
    });
    const isStale = result.documents.some(({ outcome }) => outcome === 'stale');
    return {
      exitCode: isStale ? 1 : result.failed === undefined ? 0 : 3,
      text: describeSchemaDocs(result, workspaceRoot),
      document: schemaDocsDocument(result, workspaceRoot),
    };
  });
}
