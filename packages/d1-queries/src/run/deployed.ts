import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { makeThrowAwayFolder } from 'd1-core/node';
import { codeFrame, plural, style } from 'd1-core/report';
import { findQueries, type FoundQueries } from '../find/index.ts';
import {
  compareRevisions,
  type DeploymentOrder,
  type MigrationClass,
  type Revision,
} from '../order/index.ts';
import { openDatabases, type Worker } from './check-worker.ts';
import { placeText } from './describe.ts';

/** In which order the migrations of one database and the code go out. */
export interface DatabaseOrder extends DeploymentOrder {
  readonly binding: string;
  /** What of the deployed code is not in it: queries that only a run can tell, and files that could not be read. */
  readonly notChecked: readonly { readonly revision: string; readonly count: number }[];
}

/**
 * Compares the code of commits, which are deployed, with that of the work tree, on the migrations that the commits do not have: those
 * are pending. Throws D1Error `unknown-revision`.
 */
export async function compareWithDeployed(
  worker: Worker,
  refs: readonly string[],
): Promise<readonly DatabaseOrder[]> {
  const bindings = worker.databases.map(({ binding }) => binding);
  const working = findQueries({ main: worker.main, bindings });
  const commits = refs.map((ref) => readCommit(worker, ref, bindings));
  const notChecked = commits
    .map(({ name, found: { dynamic, builders, unread } }) => ({
      revision: name,
      count: dynamic.length + builders.length + unread.length,
    }))
    .filter(({ count }) => count > 0);
  const databases = await openDatabases(worker);
  try {
    const orders: DatabaseOrder[] = [];
    for (const { binding, steps } of databases) {
      const folder = worker.databases.find((one) => one.binding === binding)?.migrationsDir ?? '';
      const isPending = (name: string) =>
        commits.some((commit) => !commit.files.has(commit.pathOf(join(folder, ...name.split('/')))));
      const first = steps.steps.findIndex(
        ({ migration }) => migration !== undefined && isPending(migration.name),
      );
      const from = first === -1 ? steps.steps.length - 1 : first - 1;
      const asked = ({ queries }: FoundQueries) =>
        queries.filter((query) => query.bindings.length === 0 || query.bindings.includes(binding));
      const deployed = commits.map(({ name, found }): Revision => ({ name, queries: asked(found) }));
      const order = await compareRevisions(
        deployed,
        { name: 'the work tree', queries: asked(working) },
        steps.steps.slice(from),
      );
      orders.push({ ...order, binding, notChecked });
    }
    return orders;
  } finally {
    for (const { steps } of databases) steps.close();
  }
}

interface Commit {
  readonly name: string;
  readonly found: FoundQueries;
  /** Relative to the top of the repository, with `/`. */
  readonly files: ReadonlySet<string>;
  pathOf(file: string): string;
}

function readCommit(worker: Worker, ref: string, bindings: readonly string[]): Commit {
  const git = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync('git', args, {
      cwd: dirname(worker.configFile),
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  const top = resolve(git(['rev-parse', '--show-toplevel']).trim());
  const commit = commitOf(ref, git);
  const pathOf = (file: string) => relative(top, file).split(sep).join('/');
  const folder = makeThrowAwayFolder();
  try {
    const index = { GIT_INDEX_FILE: join(folder.path, 'index') };
    git(['read-tree', commit], index);
    git(['-C', top, 'checkout-index', '--all', `--prefix=${join(folder.path, 'tree')}/`], index);
    // Packages are not part of a commit: those that are installed now are taken.
    const tree = join(folder.path, 'tree');
    if (existsSync(join(top, 'node_modules')))
      symlinkSync(join(top, 'node_modules'), join(tree, 'node_modules'), 'junction');
    const found = findQueries({ main: join(tree, pathOf(worker.main)), bindings });
    const files = new Set(git(['-C', top, 'ls-tree', '-r', '-z', '--name-only', commit]).split('\0'));
    return { name: ref, found, files, pathOf };
  } finally {
    folder.remove();
  }
}

function commitOf(ref: string, git: (args: readonly string[]) => string): string {
  try {
    return git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`]).trim();
  } catch (cause) {
    throw new D1Error({
      code: 'unknown-revision',
      message: `git knows no commit "${ref}".`,
      fix: 'Name the commit, tag or branch that is deployed. In CI, fetch the history: a shallow clone has one commit.',
      exitCode: 2,
      cause,
    });
  }
}

const WORDS: Readonly<Record<MigrationClass, string>> = {
  neutral: 'neutral: neither code minds it',
  expand: 'expand: the new code needs it, so migrate first',
  contract: 'contract: the deployed code does not survive it, so deploy first',
  breaking: 'breaking: the deployed code does not survive it, and the new code needs it',
};

/** The order for people. */
export function describeOrder(
  { migrations, migrateFirst, binding, notChecked }: DatabaseOrder,
  root: string,
): readonly string[] {
  if (migrations.length === 0)
    return [`${style.good('✔')} ${binding}: the deployed code has all migrations.`];
  return [
    `${binding}: ${plural(migrations.length, 'migration')} that the deployed code does not know`,
    ...migrations.flatMap(({ migration, class: kind, broken, needed }) => [
      `  ${migration}  ${WORDS[kind]}`,
      ...broken.flatMap(({ revision, query, message }) => [
        `    ${style.bad('✖')} ${revision}: ${placeText(query.place, root).replace(/^.*\/tree\//, '')} ${message}`,
        ...codeFrame(query.sourceAt(0), query.place).map((line) => `    ${line}`),
      ]),
      ...needed.map(
        ({ query, message }) => `    ${style.dim('·')} ${placeText(query.place, root)} needs it: ${message}`,
      ),
    ]),
    ...notChecked.map(
      ({ revision, count }) =>
        `${style.warn('!')} ${revision}: ${plural(count, 'query or file', 'queries or files')} could not be checked, and may break.`,
    ),
    ...advice(migrateFirst, migrations),
  ];
}

function advice(
  migrateFirst: number | undefined,
  migrations: DatabaseOrder['migrations'],
): readonly string[] {
  const count = migrations.length;
  if (migrateFirst === undefined) {
    return [
      `${style.bad('✖')} No order is safe.`,
      '  Split the change: add what is new in one migration; deploy code that writes both and reads the old; copy the old values;',
      '  deploy code that reads the new; take the old away in a last migration.',
    ];
  }
  if (migrateFirst === count) return [`${style.good('✔')} Migrate, then deploy.`];
  if (migrateFirst === 0) return [`${style.good('✔')} Deploy, then migrate.`];
  return [
    `${style.good('✔')} Migrate to ${migrations[migrateFirst - 1]?.migration}, deploy, then migrate the rest.`,
  ];
}

/** The order for machines. */
export const orderDocument = (
  { binding, migrateFirst, migrations, notChecked }: DatabaseOrder,
  root: string,
) => ({
  binding,
  migrateFirst,
  notChecked,
  migrations: migrations.map(({ migration, class: kind, broken, needed }) => ({
    migration,
    class: kind,
    broken: broken.map(({ revision, query, message }) => ({
      revision,
      at: placeText(query.place, root).replace(/^.*\/tree\//, ''),
      sql: query.sql,
      message,
    })),
    needed: needed.map(({ query, message }) => ({
      at: placeText(query.place, root),
      sql: query.sql,
      message,
    })),
  })),
});
