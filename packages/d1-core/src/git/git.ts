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

/** Variables of CI systems that hold the address of the run; in GitHub it is put together. */
const ADDRESSES = ['CI_JOB_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL', 'BUILD_URL'] as const;

/** The address of the CI run in which this happens; null outside of CI, or where the system gives none. */
export function findCiRun(env: Variables = process.env): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env;
  if (GITHUB_SERVER_URL !== undefined && GITHUB_REPOSITORY !== undefined && GITHUB_RUN_ID !== undefined) {
    const attempt = GITHUB_RUN_ATTEMPT === undefined ? '' : `/attempts/${GITHUB_RUN_ATTEMPT}`;
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}${attempt}`;
  }
  return ADDRESSES.map((name) => env[name]).find((value) => value !== undefined && value !== '') ?? null;
}
