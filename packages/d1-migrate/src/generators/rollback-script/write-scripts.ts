import { D1Error } from 'd1-core/errors';
import { findMigration } from 'd1-core/migrations';
import type { Site } from 'd1-core/site';
import { resolveTarget } from 'd1-core/target';
import { relative, sep } from 'node:path';
import { makeScripts, type MadeScript } from '../../rollback-script/index.ts';
import { listTargetMigrations } from '../../survey/index.ts';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { findMigrations, type PlaceOptions } from '../shared/new-migration.ts';
import { writeCapture } from './write-capture.ts';

export interface ScriptOptions extends PlaceOptions {
  /** The number or name of the migration; all that have none without it. */
  readonly migration?: string | undefined;
  readonly overwrite: boolean;
  readonly capture: boolean;
}

export async function writeScripts(site: Site, options: ScriptOptions): Promise<void> {
  const { tree } = site;
  const place = findMigrations(site, options);
  const { worker, database } = place;
  const environment = worker.environments.find(({ databases }) =>
    databases.some(({ binding }) => binding === database.binding),
  );
  const target = resolveTarget(
    {
      wranglerConfig: worker.wranglerConfig,
      environment: environment?.name,
      database: database.binding,
      settings: site.options.environments,
    },
    tree.root,
  );
  const { wrangler } = target;
  const files = listTargetMigrations(target);
  const wanted =
    options.migration === undefined ? undefined : findMigration(files, ({ name }) => name, options.migration);
  if (options.capture) {
    const appliedNames = appliedNamesOf(site, worker, database.binding);
    await writeCapture({ place, wrangler, files, wanted, appliedNames });
    return;
  }
  const made = await makeScripts({
    wrangler,
    files,
    isWanted: (file) => wanted === undefined || file === wanted,
    force: options.overwrite,
  });
  for (const script of made) {
    if ('text' in script) tree.write(relative(tree.root, script.path).split(sep).join('/'), script.text);
  }
  report(site, made);
  const unproved = made.find(({ outcome }) => outcome === 'not-proved');
  if (wanted !== undefined && unproved !== undefined) throw notProved(wanted.name);
}

const notProved = (name: string): D1Error =>
  new D1Error({
    code: 'not-proved',
    message: `No rollback script was written for ${name}.`,
    fix: 'Correct what is said above, and run this again.',
  });

function report({ log }: Site, made: readonly MadeScript[]): void {
  const current = made.filter(({ outcome }) => outcome === 'current').length;
  for (const script of made) {
    switch (script.outcome) {
      case 'proved':
        log.info(`${script.name}: ${script.class}, proved by up, down and up again`);
        break;
      case 'signed':
        log.info(`${script.name}: your script is proved, and is ${script.class}; its header was written`);
        break;
      case 'irreversible':
        log.warn(`${script.name}: irreversible; the file says why`);
        break;
      case 'not-proved':
        log.error(`${script.name}: nothing was written: ${script.reason}`);
        break;
      case 'current':
    }
  }
  if (current > 0)
    log.info(`${current === 1 ? 'One script is' : `${current} scripts are`} there and up to date.`);
  if (made.length === 0) log.info('There are no migrations.');
}
