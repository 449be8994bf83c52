import { isDeepStrictEqual } from 'node:util';
import { lineFor } from 'd1-core/door';
import type { Site } from 'd1-core/site';
import { headingOf, migrationHeader, safeName } from '../../migration-template/index.ts';
import { NO_EDITS, readEdits, type EditOptions } from '../../rebuild-table/index.ts';
import {
  findMigrations,
  nextFileName,
  wranglerOf,
  writeRollbackScript,
  type PlaceOptions,
} from '../shared/new-migration.ts';
import { reportScript } from '../shared/report-script.ts';
import { writeRebuild } from './write-rebuild.ts';

export interface RebuildOptions extends PlaceOptions, EditOptions {
  readonly table: string;
  readonly name?: string | undefined;
}

/** Returns what there is to say when the files are written. */
export async function createRebuild(site: Site, options: RebuildOptions): Promise<() => void> {
  const { table } = options;
  const name = safeName(options.name ?? `rebuild_${table.replaceAll(/\W+/g, '_')}`);
  const edits = readEdits(options);
  const place = findMigrations(site, options);
  const fileName = nextFileName(place, name);
  const header = migrationHeader(headingOf(name), new Date());
  const wrangler = wranglerOf(place);
  const lines = await writeRebuild(place, { table, edits, header, fileName }, wrangler);
  const script = await writeRollbackScript(place, fileName, () => wrangler);
  return () => {
    for (const line of lines) site.log.info(line);
    reportScript(site, fileName, script);
    const what = isDeepStrictEqual(edits, NO_EDITS) ? 'Change the new table at the marked place of' : 'Read';
    const next = lineFor({ project: place.worker.project }, 'd1-migrate:plan');
    site.log.info(`${what} ${place.folder}/${fileName}, then run: ${next}`);
  };
}
