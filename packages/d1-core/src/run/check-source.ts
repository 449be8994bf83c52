import { dirname, join, relative } from 'node:path';
import { D1Error, nearest } from '../errors/index.ts';
import type { Environment } from '../environment/index.ts';
import { findBranch, findChanges, findRepository } from '../git/index.ts';
import type { Target } from '../target/index.ts';

/**
 * Refuses to change an environment from a branch that its settings do not list, or from files that are in no commit.
 * Throws `branch-not-allowed`, `uncommitted-changes` or `no-repository`. Without such settings everything is allowed.
 */
export async function checkSource({ environment, protection }: Target): Promise<void> {
  const folder = dirname(environment.configFile);
  if (protection.branches !== undefined) {
    checkBranch(environment, protection.branches, await findBranch(folder));
  }
  if (protection.cleanWorkTree === true) {
    const root = await findRepository(folder);
    const changes = await findChanges(folder);
    if (root === null || changes === null) throw noRepository(environment);
    const audit = relative(root, protection.auditFile).replaceAll('\\', '/');
    // The audit file of the runs before is no change of what is deployed.
    checkClean(
      environment,
      root,
      changes.filter((file) => file !== audit && file !== `${audit}.lock`),
    );
  }
}

function checkBranch({ name }: Environment, allowed: readonly string[], branch: string | null): void {
  if (branch !== null && allowed.includes(branch)) return;
  const list = allowed.join(', ');
  const meant = branch === null ? undefined : nearest(branch, allowed);
  throw new D1Error({
    code: 'branch-not-allowed',
    message:
      branch === null
        ? `${name} may be changed only from the branch ${list}, and no branch is checked out here.`
        : `${name} may be changed only from the branch ${list}, and this is ${branch}.`,
    fix: `Run it where ${meant ?? allowed[0] ?? list} is checked out: git switch ${meant ?? allowed[0] ?? list}. The list is "branches" of the environment in the plugin's options.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}

/** Paths that are named in the message. */
const SHOWN = 5;

function checkClean({ name }: Environment, root: string, changes: readonly string[]): void {
  if (changes.length === 0) return;
  const more = changes.length - SHOWN;
  throw new D1Error({
    code: 'uncommitted-changes',
    message: `${name} may be changed only from a commit, and the work tree has changes in ${changes.length === 1 ? '1 file' : `${changes.length} files`}.`,
    fix: 'Commit them, or put them aside: git stash --include-untracked',
    notes: [
      ...changes.slice(0, SHOWN).map((file) => `  ${join(root, file)}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      'Nothing was changed.',
    ],
    exitCode: 2,
  });
}

const noRepository = ({ name, configFile }: Environment): D1Error =>
  new D1Error({
    code: 'no-repository',
    message: `${name} may be changed only from a commit, and git does not answer in the folder of the wrangler config.`,
    fix: 'Run it in a git repository, or take "cleanWorkTree" out of the settings of the environment.',
    notes: ['Nothing was changed.'],
    location: { file: configFile },
    exitCode: 2,
  });
