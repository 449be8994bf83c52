/** Variables of CI systems that hold the address of the run; in GitHub it is put together. */
const ADDRESSES = ['CI_JOB_URL', 'BUILDKITE_BUILD_URL', 'CIRCLE_BUILD_URL', 'BUILD_URL'] as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** The address of the CI run in which this happens; null outside of CI, or where the system gives none. */
export function findCiRun(env: Variables = process.env): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env;
  if (GITHUB_SERVER_URL !== undefined && GITHUB_REPOSITORY !== undefined && GITHUB_RUN_ID !== undefined) {
    const attempt = GITHUB_RUN_ATTEMPT === undefined ? '' : `/attempts/${GITHUB_RUN_ATTEMPT}`;
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}${attempt}`;
  }
  return ADDRESSES.map((name) => env[name]).find((value) => value !== undefined && value !== '') ?? null;
}
