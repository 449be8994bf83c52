import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { runMark } from 'd1-core/inference';
import { pluginVersion } from './plugin-version.ts';

/** The environment variable that is an input of the lint target. */
export const RUN_MARK = 'D1_LINT_RUN';

const WRITES = /^--(fix|write-?accepted)(=(?!false$).*)?$/i;
const SINCE = /^--since(?:=(.*))?$/i;

/**
 * What Nx cannot know of a run, and what keeps it from remembering the wrong thing: what `runMark` says; that a run which
 * writes into the workspace, with `--fix` or `--writeAccepted`, has to take place each time; and the commit that
 * `--since` names now.
 */
export const markOf = (argv: readonly string[], workspaceRoot: string): string =>
  runMark(argv, workspaceRoot, {
    version: pluginVersion(),
    changing: changing(argv, workspaceRoot),
  });

function changing(argv: readonly string[], workspaceRoot: string): readonly string[] {
  if (argv.some((word) => WRITES.test(word))) return [randomUUID()];
  const index = argv.findIndex((word) => SINCE.test(word));
  if (index === -1) return [];
  return [commitOf(SINCE.exec(argv[index] ?? '')?.[1] ?? argv[index + 1] ?? '', workspaceRoot)];
}

/** Where git knows no such commit the run says so, and is not to be remembered. */
function commitOf(ref: string, cwd: string): string {
  try {
    const args = ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`];
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return randomUUID();
  }
}
