import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { checksums } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';

export interface Changes {
  /** Paths relative to the folder, with `/`: what differs from the ref, and what git does not know yet. */
  readonly changed: ReadonlySet<string>;
  /** All files below the folder that the ref has. */
  readonly base: ReadonlySet<string>;
  /** What the ref has with other tokens: comments and white space do not count. */
  readonly edited: ReadonlySet<string>;
}

/** Asks git what has changed below a folder since a ref. Throws D1Error `git-ref` when git cannot tell. */
export async function changesSince(ref: string, folder: string): Promise<Changes> {
  // A ref that begins with a dash would be an option.
  if (ref.startsWith('-')) throw badRef(ref, 'a ref cannot begin with a dash');
  const [changed, untracked, base] = await Promise.all([
    git(['diff', '--name-only', '--relative', '-z', ref, '--', '.'], ref, folder),
    git(['ls-files', '--others', '--exclude-standard', '-z', '--', '.'], ref, folder),
    git(['ls-tree', '-r', '--name-only', '-z', ref, '--', '.'], ref, folder),
  ]);
  const inBoth = changed.filter((path) => path.endsWith('.sql') && base.includes(path));
  const edited: string[] = [];
  for (const path of inBoth) if (await isEdited(ref, path, folder)) edited.push(path);
  return {
    changed: new Set([...changed, ...untracked]),
    base: new Set(base),
    edited: new Set(edited),
  };
}

async function isEdited(ref: string, path: string, folder: string): Promise<boolean> {
  const file = join(folder, path);
  if (!existsSync(file)) return false;
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa('git', ['show', `${ref}:./${path}`], {
    cwd: folder,
    reject: false,
    encoding: 'buffer',
  });
  if (exitCode !== 0) return true;
  const tokenize = await loadTokenizer();
  return checksums(stdout, tokenize).tokens !== checksums(readFileSync(file), tokenize).tokens;
}

async function git(args: readonly string[], ref: string, cwd: string): Promise<readonly string[]> {
  // Loaded only when it is needed: it takes as long as linting a hundred files.
  const { execa } = await import('execa');
  const { exitCode, stdout, stderr } = await execa('git', args, { cwd, reject: false });
  if (exitCode === 0) return stdout.split('\0').filter((path) => path !== '');
  if (exitCode === undefined) throw badRef(ref, 'git cannot be run', 'Install git, or leave --since out.');
  const [reason = ''] = stderr.split('\n');
  throw badRef(ref, reason, /not a git repository/i.test(reason) ? NO_REPOSITORY : undefined);
}

const NO_REPOSITORY = 'Run it inside of a clone of the repository, or leave --since out.';

const badRef = (
  ref: string,
  reason: string,
  fix = 'Name a branch, a tag or a commit that is here; in CI, fetch it first (fetch-depth: 0).',
) =>
  new D1Error({
    code: 'git-ref',
    message: `git cannot tell what has changed since "${ref}": ${reason}.`,
    fix,
    exitCode: 2,
  });
