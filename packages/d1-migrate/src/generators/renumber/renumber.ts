import type { Tree } from '@nx/devkit';
import { logger } from 'd1-core/nx';
import { D1Error } from 'd1-core/errors';
import type { D1Binding, Environment } from 'd1-core/environment';
import { matchesPattern, orderMigrations, patternInFolder, ROLLBACK_FOLDER } from 'd1-core/migrations';
import { join } from 'node:path';
import { planRenumbering, type Rename, type RenumberingPlan } from '../../adopt/index.ts';
import type { Worker } from 'd1-core/generators';
import { filesBelow, migrationsFolder } from '../shared/migrations-folder.ts';
import type { AppliedNames } from '../shared/applied-names.ts';

export interface RenumberRequest {
  readonly worker: Worker;
  readonly database: D1Binding;
  /** Which environments are asked what is applied. */
  readonly environments: 'local' | 'all';
  readonly appliedNames: AppliedNames;
}

/** Renames migrations, with their rollback scripts, that none of the environments asked has applied. */
export async function renumber(tree: Tree, request: RenumberRequest): Promise<void> {
  const { worker, database, appliedNames } = request;
  const having = worker.environments.filter(({ databases }) =>
    databases.some(({ binding }) => binding === database.binding),
  );
  const asked = having.filter(({ location }) => request.environments === 'all' || location === 'local');
  const applied = new Set<string>();
  for (const environment of asked) {
    for (const name of await appliedNames(environment)) applied.add(name);
  }

  const folder = migrationsFolder(tree, database);
  const pattern = patternInFolder({ configFile: join(tree.root, worker.wranglerConfig), ...database });
  const names = filesBelow(tree, folder).filter((path) => matchesPattern(path, pattern));
  const plan = planRenumbering(orderMigrations(folder, names), applied);
  move(tree, folder, withRollbackScripts(tree, folder, plan.renames));
  report(plan, asked, having);
}

function withRollbackScripts(tree: Tree, folder: string, renames: readonly Rename[]): readonly Rename[] {
  const scripts = renames
    .map(({ from, to }) => ({ from: `${ROLLBACK_FOLDER}/${from}`, to: `${ROLLBACK_FOLDER}/${to}` }))
    .filter(({ from }) => tree.exists(`${folder}/${from}`));
  return [...renames, ...scripts];
}

/** All are taken away before the first is written: one file's new name may be another's old one. */
function move(tree: Tree, folder: string, renames: readonly Rename[]): void {
  const sources = new Set(renames.map(({ from }) => from));
  const taken = renames.find(({ to }) => tree.exists(`${folder}/${to}`) && !sources.has(to));
  if (taken !== undefined) {
    throw new D1Error({
      code: 'name-taken',
      message: `${folder}/${taken.from} would become ${taken.to}, and there is such a file already.`,
      fix: `Move ${folder}/${taken.to} away, or delete it, and run this again.`,
      exitCode: 2,
    });
  }
  const contents = renames.map(({ from, to }) => ({ from, to, content: tree.read(`${folder}/${from}`) }));
  for (const { from } of contents) tree.delete(`${folder}/${from}`);
  for (const { to, content } of contents) if (content !== null) tree.write(`${folder}/${to}`, content);
}

function report(
  { renames, kept }: RenumberingPlan,
  asked: readonly Environment[],
  having: readonly Environment[],
): void {
  if (renames.length === 0) logger.info('Nothing to rename.');
  for (const { from, to } of renames) logger.info(`${from} becomes ${to}`);
  for (const { files, reason } of kept) logger.warn(`Left as it is: ${files.join(', ')}; ${reason}.`);
  const names = (environments: readonly Environment[]) =>
    environments.map(({ name }) => name).join(', ') || 'none';
  const unasked = having.filter((environment) => !asked.includes(environment));
  logger.info(`Asked what is applied: ${names(asked)}.`);
  if (unasked.length > 0) {
    logger.warn(
      `Not asked: ${names(unasked)}. A file that is applied there and gets a new name would be applied again: run with --environments=all to ask them too.`,
    );
  }
}
