import type { GeneratorCallback, Tree } from '@nx/devkit';
import { generateFiles } from '../shared/generate-files.ts';
import { logger } from 'd1-core/nx';
import { join } from 'node:path';
import { loadTokenizer } from 'd1-core/sql';
import {
  readName,
  safeName,
  substitutions,
  type Subject,
  type TemplateRequest,
} from '../../migration-template/index.ts';
import {
  findMigrations,
  nextFileName,
  wranglerOf,
  writeRollbackScript,
  type MigrationsPlace,
} from '../shared/new-migration.ts';
import { textOptions, withReadableErrors } from 'd1-core/generators';
import { reportScript } from '../shared/report-script.ts';
import { writeRebuild } from '../rebuild-table/write-rebuild.ts';
import type { MigrationGeneratorSchema } from './schema.d.ts';

/**
 * Creates the next migration in the folder of the Worker's wrangler config, and its rollback script, which is proved on
 * a throw-away D1. Works on the tree only.
 */
export default function migrationGenerator(
  tree: Tree,
  options: MigrationGeneratorSchema,
): Promise<GeneratorCallback> {
  return withReadableErrors(() => createMigration(tree, textOptions(options)));
}

async function createMigration(tree: Tree, options: MigrationGeneratorSchema): Promise<GeneratorCallback> {
  const name = safeName(options.name);
  const place = findMigrations(tree, options);
  const fileName = nextFileName(tree, place, name);
  const guess = readName(name);
  const { template = guess.template, type = 'TEXT' } = options;
  const subject = { ...guess.subject, ...givenSubject(options) };
  const made = await writeMigration(tree, place, fileName, {
    name,
    template,
    subject,
    type,
    now: new Date(),
  });
  const script =
    template === 'blank' || options.rollback === false
      ? undefined
      : await writeRollbackScript(tree, place, fileName, () => wranglerOf(tree, place));
  return () => {
    for (const line of made) logger.info(line);
    if (script !== undefined) reportScript(fileName, script);
    logger.info(
      `Write the SQL into ${place.folder}/${fileName}, then run: npx nx run ${place.worker.project}:migrate`,
    );
  };
}

/** Gives what there is to say about it. */
async function writeMigration(
  tree: Tree,
  place: MigrationsPlace,
  fileName: string,
  request: TemplateRequest,
): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  const values = substitutions(request, tokenize);
  const { template, subject } = request;
  if (template === 'rebuild-table') {
    const rebuild = { table: subject.table ?? '', header: values.header, fileName };
    return writeRebuild(tree, place, rebuild, wranglerOf(tree, place));
  }
  generateFiles(tree, join(import.meta.dirname, 'files', template), place.folder, { ...values, fileName });
  return [];
}

/** What is given on the command line wins over what the name says; the rest is left out. */
function givenSubject({ table, columns, to, view }: MigrationGeneratorSchema): Subject {
  return {
    ...(table === undefined ? {} : { table }),
    ...(columns === undefined || columns.length === 0 ? {} : { columns }),
    ...(to === undefined ? {} : { to }),
    ...(view === undefined ? {} : { view }),
  };
}
