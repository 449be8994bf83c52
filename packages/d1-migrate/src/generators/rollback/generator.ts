import type { Tree } from '@nx/devkit';
import { logger } from 'd1-core/nx';
import { D1Error } from 'd1-core/errors';
import { findMigration } from 'd1-core/migrations';
import { relative, sep } from 'node:path';
import { makeScripts, type MadeScript } from '../../rollback-script/index.ts';
import { listTargetMigrations } from '../../survey/index.ts';
import { resolveTarget } from 'd1-core/target';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { findDatabase, findWorker, readPluginOptions, withReadableErrors } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';
import { writeCapture } from './write-capture.ts';
import type { RollbackGeneratorSchema } from './schema.d.ts';

/** Writes the rollback scripts that are missing, each proved on workerd. Reads no database. */
export default function rollbackGenerator(tree: Tree, options: RollbackGeneratorSchema): Promise<void> {
  return withReadableErrors(async () => {
    const plugin = readPluginOptions(tree, PLUGIN);
    const worker = findWorker(tree, options.project, plugin);
    const database = findDatabase(worker, options.database ?? plugin.database);
    const environment = worker.environments.find(({ databases }) =>
      databases.some(({ binding }) => binding === database.binding),
    );
    const target = resolveTarget(
      {
        wranglerConfig: worker.wranglerConfig,
        environment: environment?.name,
        database: database.binding,
        settings: plugin.environments,
      },
      tree.root,
    );
    const files = listTargetMigrations(target);
    const wanted =
      options.migration === undefined
        ? undefined
        : findMigration(files, ({ name }) => name, String(options.migration));
    if (options.capture === true) {
      const appliedNames = appliedNamesOf(tree.root, worker, database.binding, plugin);
      await writeCapture(tree, { worker, database, wrangler: target.wrangler, files, wanted, appliedNames });
      return;
    }
    const made = await makeScripts({
      wrangler: target.wrangler,
      files,
      isWanted: (file) => wanted === undefined || file === wanted,
      force: options.force ?? false,
    });
    for (const script of made) {
      if ('text' in script) tree.write(relative(tree.root, script.path).split(sep).join('/'), script.text);
    }
    report(made);
    const unproved = made.find(({ outcome }) => outcome === 'not-proved');
    if (wanted !== undefined && unproved !== undefined) throw notProved(wanted.name);
  });
}

const notProved = (name: string): D1Error =>
  new D1Error({
    code: 'not-proved',
    message: `No rollback script was written for ${name}.`,
    fix: 'Correct what is said above, and run this again.',
  });

function report(made: readonly MadeScript[]): void {
  const current = made.filter(({ outcome }) => outcome === 'current').length;
  for (const script of made) {
    switch (script.outcome) {
      case 'proved':
        logger.info(`${script.name}: ${script.class}, proved by up, down and up again`);
        break;
      case 'signed':
        logger.info(`${script.name}: your script is proved, and is ${script.class}; its header was written`);
        break;
      case 'irreversible':
        logger.warn(`${script.name}: irreversible; the file says why`);
        break;
      case 'not-proved':
        logger.error(`${script.name}: nothing was written: ${script.reason}`);
        break;
      case 'current':
    }
  }
  if (current > 0)
    logger.info(`${current === 1 ? 'One script is' : `${current} scripts are`} there and up to date.`);
  if (made.length === 0) logger.info('There are no migrations.');
}
