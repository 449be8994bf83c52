import { D1Error } from 'd1-core/errors';
import { matchesPattern, ROLLBACK_FOLDER } from 'd1-core/migrations';
import type { Schema } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { schemaScript, verifyScript, type Inspection } from '../../adopt/index.ts';
import { migrationHeader } from '../../migration-template/index.ts';
import { filesBelow } from '../shared/migrations-folder.ts';
import type { MigrationsPlace } from '../shared/new-migration.ts';

const ARCHIVE = 'archive';
const FIRST = '0001_initial_schema.sql';

export interface RestartRequest {
  /** Of the database from which the new start is made. */
  readonly schema: Schema;
  readonly inspection: Inspection;
  readonly wrangler: Wrangler;
  readonly now: Date;
}

/**
 * Moves all migrations, their rollback scripts and old programs into the archive, and writes a first migration that makes
 * the schema of a live database, when it has been seen to do so. Returns how many files were moved.
 */
export async function restart(
  { site: { tree }, folder, pattern }: MigrationsPlace,
  { schema, inspection, wrangler, now }: RestartRequest,
): Promise<number> {
  if (!matchesPattern(FIRST, pattern)) throw notMatched(pattern);
  const script = schemaScript(schema);
  await verifyScript(wrangler, script, schema, await loadTokenizer());
  const scripts = filesBelow(tree, folder).filter((path) => path.startsWith(`${ROLLBACK_FOLDER}/`));
  const moving = [...inspection.files.map(({ name }) => name), ...scripts, ...inspection.runners];
  const taken = moving.find((path) => tree.exists(`${folder}/${ARCHIVE}/${path}`));
  if (taken !== undefined) throw nameTaken(`${folder}/${ARCHIVE}/${taken}`);
  for (const path of moving) {
    const content = tree.read(`${folder}/${path}`);
    if (content !== null) tree.write(`${folder}/${ARCHIVE}/${path}`, content);
    tree.delete(`${folder}/${path}`);
  }
  tree.write(`${folder}/${FIRST}`, `${migrationHeader('Initial schema', now)}\n\n${script}`);
  return moving.length;
}

const nameTaken = (path: string): D1Error =>
  new D1Error({
    code: 'name-taken',
    message: `${path} already exists.`,
    fix: `Move it into a folder of its own below ${ARCHIVE}, and run this again.`,
    exitCode: 2,
  });

const notMatched = (pattern: string): D1Error =>
  new D1Error({
    code: 'pattern-without-new-file',
    message: `wrangler would never apply ${FIRST}: migrations_pattern (below the folder: ${pattern}) does not match it.`,
    fix: 'Take migrations_pattern out of the wrangler config first.',
    exitCode: 2,
  });
