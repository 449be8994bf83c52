import { isDeepStrictEqual } from 'node:util';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { logger } from 'd1-core/nx';
import { headingOf, migrationHeader, safeName } from '../../migration-template/index.ts';
import { NO_EDITS, readEdits } from '../../rebuild-table/index.ts';
import { findMigrations, nextFileName, wranglerOf, writeRollbackScript } from '../shared/new-migration.ts';
import { textOptions, withReadableErrors } from 'd1-core/generators';
import { reportScript } from '../shared/report-script.ts';
import type { RebuildTableGeneratorSchema } from './schema.d.ts';
import { writeRebuild } from './write-rebuild.ts';

/** Writes the migration that makes a table anew without losing a row, and its rollback script. */
export default function rebuildTableGenerator(
  tree: Tree,
  given: RebuildTableGeneratorSchema,
): Promise<GeneratorCallback> {
  return withReadableErrors(async () => {
    const options = textOptions(given);
    const name = safeName(options.name ?? `rebuild_${options.table.replaceAll(/\W+/g, '_')}`);
    const edits = readEdits(options);
    const place = findMigrations(tree, options);
    const fileName = nextFileName(tree, place, name);
    const header = migrationHeader(headingOf(name), new Date());
    const wrangler = wranglerOf(tree, place);
    const lines = await writeRebuild(
      tree,
      place,
      { table: options.table, edits, header, fileName },
      wrangler,
    );
    const script = await writeRollbackScript(tree, place, fileName, () => wrangler);
    return () => {
      for (const line of lines) logger.info(line);
      reportScript(fileName, script);
      logger.info(
        `${isDeepStrictEqual(edits, NO_EDITS) ? 'Change the new table at the marked place of' : 'Read'} ${place.folder}/${fileName}, then run: npx nx run ${place.worker.project}:plan`,
      );
    };
  });
}
