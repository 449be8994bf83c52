import { D1Error } from 'd1-core/errors';
import type { Environment } from 'd1-core/environment';
import { matchesPattern, orderMigrations, ROLLBACK_FOLDER } from 'd1-core/migrations';
import { planRenumbering, type Rename, type RenumberingPlan } from '../../adopt/index.ts';
import type { FileTree, Site } from 'd1-core/site';
import { filesBelow } from '../shared/migrations-folder.ts';
import type { AppliedNames } from '../shared/applied-names.ts';
import type { MigrationsPlace } from '../shared/new-migration.ts';

export interface RenumberRequest {
  /** Whether the remote environments are asked too what is applied. */
  readonly all: boolean;
  readonly appliedNames: AppliedNames;
}

/** Renames migrations, with their rollback scripts, that none of the environments asked has applied. */
export async function renumber(
  { site, worker, database, folder, pattern }: MigrationsPlace,
  { all, appliedNames }: RenumberRequest,
): Promise<void> {
  const { tree } = site;
  const having = worker.environments.filter(({ databases }) =>
    databases.some(({ binding }) => binding === database.binding),
  );
  const asked = having.filter(({ location }) => all || location === 'local');
  const applied = new Set<string>();
  for (const environment of asked) {
    for (const name of await appliedNames(environment)) applied.add(name);
  }

  const names = filesBelow(tree, folder).filter((path) => matchesPattern(path, pattern));
  const plan = planRenumbering(orderMigrations(folder, names), applied);
  move(tree, folder, withRollbackScripts(tree, folder, plan.renames));
  report(site, plan, asked, having);
}

function withRollbackScripts(tree: FileTree, folder: string, renames: readonly Rename[]): readonly Rename[] {
  const scripts = renames
    .map(({ from, to }) => ({ from: `${ROLLBACK_FOLDER}/${from}`, to: `${ROLLBACK_FOLDER}/${to}` }))
    .filter(({ from }) => tree.exists(`${folder}/${from}`));
  return [...renames, ...scripts];
}

/** All are taken away before the first is written: one file's new name may be another's old one. */
function move(tree: FileTree, folder: string, renames: readonly Rename[]): void {
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
  { log }: Site,
  { renames, kept }: RenumberingPlan,
  asked: readonly Environment[],
  having: readonly Environment[],
): void {
  if (renames.length === 0) log.info('Nothing to rename.');
  for (const { from, to } of renames) log.info(`${from} becomes ${to}`);
  for (const { files, reason } of kept) log.warn(`Left as it is: ${files.join(', ')}; ${reason}.`);
  const names = (environments: readonly Environment[]) =>
    environments.map(({ name }) => name).join(', ') || 'none';
  const unasked = having.filter((environment) => !asked.includes(environment));
  log.info(`Asked what is applied: ${names(asked)}.`);
  if (unasked.length > 0) {
    log.warn(
      `Not asked: ${names(unasked)}. A file that is applied there and gets a new name would be applied again: run with --all to ask them too.`,
    );
  }
}
