import { commandLine, lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { openWorkbench } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { replayMigrations, type MigrationStep } from '../../replay/index.ts';
import {
  NO_EDITS,
  rebuildTable,
  rebuildText,
  rehearseRebuild,
  type Rebuild,
  type TableEdits,
} from '../../rebuild-table/index.ts';
import { withMigrationFiles, type MigrationsPlace } from '../shared/new-migration.ts';

export interface NewRebuild {
  readonly table: string;
  readonly edits?: TableEdits;
  /** The comment at the top of the file. */
  readonly header: string;
  readonly fileName: string;
}

/**
 * Writes the migration that rebuilds a table, when it has run on a throw-away D1 with rows and lost none. Returns what
 * there is to say about it.
 */
export async function writeRebuild(
  place: MigrationsPlace,
  { table, edits = NO_EDITS, header, fileName }: NewRebuild,
  wrangler: Wrangler,
): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  const steps = await withMigrationFiles(place, wrangler, replayMigrations);
  const schema = requireLast(steps, place).after;
  const rebuild = await rebuildTable(schema, table, edits, tokenize);
  const bench = await openWorkbench(schema);
  try {
    bench.attempt([...rebuild.before, ...rebuild.edited, ...rebuild.after]);
    const unseeded = await rehearseRebuild({ wrangler, steps, rebuild, after: bench.schema(), tokenize });
    place.site.tree.write(`${place.folder}/${fileName}`, `${header}\n\n${rebuildText(rebuild)}`);
    return remarks(rebuild, unseeded);
  } finally {
    bench.close();
  }
}

function requireLast(steps: readonly MigrationStep[], { worker }: MigrationsPlace): MigrationStep {
  const failed = steps.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) {
    throw new D1Error({
      code: 'cannot-replay',
      message: `${failed.file.name} does not run: ${failed.failure?.message ?? ''}. So the schema of its table is not known.`,
      fix: `Correct it; ${lineFor({ project: worker.project }, 'd1-migrate:validate')} says more.`,
      location: { file: failed.file.name, line: failed.failure?.line },
    });
  }
  const last = steps.at(-1);
  if (last !== undefined) return last;
  throw new D1Error({
    code: 'no-migrations',
    message: 'There are no migrations, so there is no table to rebuild.',
    fix: `Make the first one: ${commandLine('d1-migrate:migration', 'initial_schema')}`,
    exitCode: 2,
  });
}

function remarks(rebuild: Rebuild, unseeded: readonly string[]): readonly string[] {
  const { table, others, leftOut } = rebuild;
  const all = [table, ...others];
  const empty = all.filter((name) => unseeded.includes(name));
  return [
    `Rehearsed on a throw-away D1 with rows: every table has the same rows afterwards.`,
    ...(empty.length > 0 ? [`Not checked: ${empty.join(', ')}, for which no rows were found.`] : []),
    ...leftOut.map(({ reason }) => `Left out: ${reason}.`),
  ];
}
