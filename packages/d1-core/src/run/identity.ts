import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { findCommit } from '../git/index.ts';

/** Who runs what, for the journal. */
export interface RunIdentity {
  /** One id for everything that this run writes. */
  readonly run: string;
  readonly actor: string | null;
  /** The commit that is checked out; null outside a git repository. */
  readonly commit: string | null;
  readonly pluginVersion: string;
}

/** Finds out when it is first asked: a run that writes nothing need not know. */
export type Identify = () => Promise<RunIdentity>;

export function identifyRun(workspaceRoot: string, pluginVersion: string): Identify {
  let identity: Promise<RunIdentity> | undefined;
  return () => (identity ??= findIdentity(workspaceRoot, pluginVersion));
}

const findIdentity = async (workspaceRoot: string, pluginVersion: string): Promise<RunIdentity> => ({
  run: randomUUID(),
  actor: findActor(),
  commit: await findCommit(workspaceRoot),
  pluginVersion,
});

/** In CI the person behind the run, not the account of the machine. */
function findActor(): string | null {
  const { GITHUB_ACTOR, GITLAB_USER_LOGIN } = process.env;
  if (GITHUB_ACTOR !== undefined) return GITHUB_ACTOR;
  if (GITLAB_USER_LOGIN !== undefined) return GITLAB_USER_LOGIN;
  try {
    return userInfo().username;
  } catch {
    return null; // A container may run under a user id that has no name.
  }
}
