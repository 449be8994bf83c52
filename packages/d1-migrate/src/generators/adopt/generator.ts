import type { GeneratorCallback, Tree } from '@nx/devkit';
import { logger } from 'd1-core/nx';
import { D1Error } from 'd1-core/errors';
import { describeInspection, inspectFolder } from '../../adopt/index.ts';
import { resolveTarget } from 'd1-core/target';
import { folderRules, requireTaken } from 'd1-core/migrations';
import { notTakenIn } from '../shared/migrations-folder.ts';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { findDatabase, findWorker, readPluginOptions, withReadableErrors } from 'd1-core/generators';
import { findMigrations, withMigrationFiles, wranglerOf } from '../shared/new-migration.ts';
import { PLUGIN } from '../../commands/index.ts';
import { renumber } from '../renumber/renumber.ts';
import { readLiveSchema } from './live-schema.ts';
import { restart } from './restart.ts';
import type { AdoptGeneratorSchema } from './schema.d.ts';

/** Says what is wrong with a migrations folder, and puts it right in one of two ways. */
export default function adoptGenerator(
  tree: Tree,
  options: AdoptGeneratorSchema,
): Promise<GeneratorCallback | undefined> {
  return withReadableErrors(async () => {
    const place = findMigrations(tree, options);
    const wrangler = wranglerOf(tree, place);
    const rules = folderRules(wrangler.version);
    const notTaken = notTakenIn(tree, place.worker.wranglerConfig, place.database, rules);
    const inspection = await withMigrationFiles(tree, place, wrangler, (files) =>
      inspectFolder(files, tree.children(place.folder), notTaken),
    );
    const { strategy = 'report' } = options;
    if (strategy === 'report') {
      for (const line of describeInspection(inspection)) logger.info(line);
      return undefined;
    }
    requireTaken(notTaken);
    const plugin = readPluginOptions(tree, PLUGIN);
    const worker = findWorker(tree, options.project, plugin);
    const database = findDatabase(worker, options.database ?? plugin.database);
    if (strategy === 'renumber') {
      const appliedNames = appliedNamesOf(tree.root, worker, database.binding, plugin);
      await renumber(tree, { worker, database, environments: options.environments ?? 'local', appliedNames });
      return undefined;
    }
    if (options.environment === undefined)
      throw environmentNeeded(worker.environments.map(({ name }) => name));
    const target = resolveTarget(
      {
        wranglerConfig: worker.wranglerConfig,
        environment: options.environment,
        database: database.binding,
        persistTo: plugin.persistTo,
        settings: plugin.environments,
      },
      tree.root,
    );
    const schema = await readLiveSchema(target);
    const archived = await restart(tree, place, { schema, inspection, wrangler, now: new Date() });
    return () => {
      for (const line of nextSteps(
        worker.project,
        worker.environments.map(({ name }) => name),
        archived,
      )) {
        logger.info(line);
      }
    };
  });
}

const environmentNeeded = (names: readonly string[]): D1Error =>
  new D1Error({
    code: 'environment-needed',
    message: 'A new start is made from the schema of a database, and none is named.',
    fix: `Name the environment whose schema is right: ${names.map((name) => `--environment=${name}`).join(' or ')}`,
    exitCode: 2,
  });

function nextSteps(project: string, environments: readonly string[], archived: number): readonly string[] {
  return [
    `${archived === 1 ? 'One file is' : `${archived} files are`} in the archive now. The new first migration was run on a throw-away D1, and gives the same schema.`,
    'It makes no rows: what the old migrations inserted is in the databases, and a fresh one does not get it.',
    'Every database that has this schema gets its new history with:',
    ...environments.map(
      (name) => `  npx nx run ${project}:baseline --configuration=${name} --to=0001 --replaceHistory`,
    ),
  ];
}
