import { lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { folderRules, requireTaken } from 'd1-core/migrations';
import type { Site } from 'd1-core/site';
import { resolveTarget } from 'd1-core/target';
import { describeInspection, inspectFolder } from '../../adopt/index.ts';
import { renumber } from '../renumber/renumber.ts';
import { appliedNamesOf } from '../shared/applied-names.ts';
import { notTakenIn } from '../shared/migrations-folder.ts';
import {
  findMigrations,
  withMigrationFiles,
  wranglerOf,
  type MigrationsPlace,
  type PlaceOptions,
} from '../shared/new-migration.ts';
import { readLiveSchema } from './live-schema.ts';
import { restart } from './restart.ts';

export type Action = 'report' | 'renumber' | 'restart';

export interface AdoptOptions extends PlaceOptions {
  readonly action: Action;
  /** From whose database the new start is made. */
  readonly environment?: string | undefined;
  /** Whether the remote databases are asked too what is applied. */
  readonly all: boolean;
}

/** Returns what there is to say when the files are written. */
export async function adopt(site: Site, options: AdoptOptions): Promise<(() => void) | undefined> {
  const { environment, action } = options;
  const place = findMigrations(site, options);
  const { worker, database } = place;
  const wrangler = wranglerOf(place);
  const notTaken = notTakenIn(site, worker.wranglerConfig, database, folderRules(wrangler.version));
  const inspection = await withMigrationFiles(place, wrangler, (files) =>
    inspectFolder(files, site.tree.children(place.folder), notTaken),
  );
  if (action === 'report') {
    for (const line of describeInspection(inspection)) site.log.info(line);
    return undefined;
  }
  requireTaken(notTaken);
  if (action === 'renumber') {
    const appliedNames = appliedNamesOf(site, worker, database.binding);
    await renumber(place, { all: options.all, appliedNames });
    return undefined;
  }
  if (environment === undefined) throw environmentNeeded(worker.environments.map(({ name }) => name));
  const { environments: settings, persistTo } = site.options;
  const target = resolveTarget(
    { wranglerConfig: worker.wranglerConfig, environment, database: database.binding, persistTo, settings },
    site.tree.root,
  );
  const schema = await readLiveSchema(target);
  const archived = await restart(place, { schema, inspection, wrangler, now: new Date() });
  return () => {
    for (const line of nextSteps(place, archived)) site.log.info(line);
  };
}

const environmentNeeded = (names: readonly string[]): D1Error =>
  new D1Error({
    code: 'environment-needed',
    message: 'A new start is made from the schema of a database, and none is named.',
    fix: `Name the environment whose schema is right: ${names.map((name) => `--environment=${name}`).join(' or ')}`,
    exitCode: 2,
  });

function nextSteps({ worker }: MigrationsPlace, archived: number): readonly string[] {
  const words = ['--to=0001', '--replaceHistory'];
  return [
    `${archived === 1 ? 'One file is' : `${archived} files are`} in the archive now. The new first migration was run on a throw-away D1, and makes the same schema.`,
    'It makes no rows: what the old migrations inserted is in the databases, and a fresh one does not get it.',
    'Every database that has this schema gets its new history with:',
    ...worker.environments.map(
      ({ name: environment }) =>
        `  ${lineFor({ project: worker.project, environment }, 'd1-migrate:baseline', ...words)}`,
    ),
  ];
}
