import { generateFiles, logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { D1Error } from 'd1-core/errors';
import { dirname, join } from 'node:path';
import { formatNumber, matchesPattern, nextNumber, patternInFolder } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import { readName, safeName, substitutions, type Subject } from '../../migration-template/index.ts';
import { findDatabase, findWorker, type Worker } from '../shared/find-worker.ts';
import { filesBelow, migrationsFolder } from '../shared/migrations-folder.ts';
import { readPluginOptions } from '../shared/plugin-options.ts';
import { withReadableErrors } from '../shared/readable-errors.ts';
import type { MigrationGeneratorSchema } from './schema.d.ts';

/** Creates the next migration in the folder of the Worker's wrangler config. Works on the tree only. */
export default function migrationGenerator(
  tree: Tree,
  options: MigrationGeneratorSchema,
): Promise<GeneratorCallback> {
  return withReadableErrors(() => createMigration(tree, options));
}

async function createMigration(tree: Tree, options: MigrationGeneratorSchema): Promise<GeneratorCallback> {
  const name = safeName(options.name);
  const plugin = readPluginOptions(tree);
  const worker = findWorker(tree, options.project, plugin);
  const database = findDatabase(worker, options.database ?? plugin.database);
  const folder = migrationsFolder(tree, database);
  const pattern = patternInFolder({ configFile: join(tree.root, worker.wranglerConfig), ...database });

  const names = filesBelow(tree, folder).filter((path) => matchesPattern(path, pattern));
  const fileName = `${formatNumber(nextNumber(names))}_${name}.sql`;
  if (!matchesPattern(fileName, pattern)) throw notMatched(worker, fileName, pattern);

  const guess = readName(name);
  const { template = guess.template, type = 'TEXT' } = options;
  const subject = { ...guess.subject, ...givenSubject(options) };
  const values = substitutions({ name, template, subject, type, now: new Date() }, await loadTokenizer());
  generateFiles(tree, join(import.meta.dirname, 'files', template), folder, { ...values, fileName });
  return () => {
    logger.info(`Write the SQL into ${folder}/${fileName}, then run: npx nx run ${worker.project}:migrate`);
  };
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

function notMatched({ wranglerConfig }: Worker, fileName: string, pattern: string): D1Error {
  return new D1Error({
    code: 'pattern-without-new-file',
    message: `wrangler would never apply ${fileName}: migrations_pattern (below the folder: ${pattern}) does not match it.`,
    fix: `Let the tool that makes files of that layout create the migration, or change migrations_pattern in ${dirname(wranglerConfig)}.`,
    location: { file: wranglerConfig },
    exitCode: 2,
  });
}
