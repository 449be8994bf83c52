type Variables = Readonly<Record<string, string | undefined>>;

/** The branch that is checked out. CI checks out a commit, so there its variables count; null where there is none. */
export async function findBranch(folder: string, env: Variables = process.env): Promise<string | null> {
  if (env['GITHUB_ACTIONS'] === 'true') return branchOfGithub(env);
  if (env['GITLAB_CI'] === 'true') return env['CI_COMMIT_BRANCH'] ?? null;
  return git(folder, ['symbolic-ref', '--short', '--quiet', 'HEAD']);
}

/** A pull request runs on a merge of its own, which is no branch; nor is a tag. */
const branchOfGithub = ({ GITHUB_REF }: Variables): string | null =>
  GITHUB_REF?.startsWith('refs/heads/') === true ? GITHUB_REF.slice('refs/heads/'.length) : null;

/** The files that differ from the commit, new ones too, relative to the repository's root; null outside of git. */
export async function findChanges(folder: string): Promise<readonly string[] | null> {
  const output = await git(folder, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=all',
    '--no-renames',
  ]);
  return output === null
    ? null
    : output
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => entry.slice(3));
}

/** The folder in which the repository lies. */
export const findRepository = (folder: string): Promise<string | null> =>
  git(folder, ['rev-parse', '--show-toplevel']);

/** The commit that is checked out. */
export const findCommit = (folder: string): Promise<string | null> => git(folder, ['rev-parse', 'HEAD']);

async function git(folder: string, args: readonly string[]): Promise<string | null> {
  const { execa } = await import('execa');
  const { stdout, failed } = await execa('git', args, { cwd: folder, reject: false });
  return failed ? null : stdout;
}
