import { D1Error } from 'd1-core/errors';

/** How to reach R2's S3 interface. */
export interface S3Access {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The names that are looked for, the first one that is set counts. */
const NAMES = {
  accessKeyId: ['R2_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID'],
  secretAccessKey: ['R2_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'],
  endpoint: ['R2_ENDPOINT', 'AWS_ENDPOINT_URL_S3'],
  account: ['CLOUDFLARE_ACCOUNT_ID'],
} as const;

/**
 * Reads from the environment variables how to reach a bucket at Cloudflare. The account of the wrangler config serves
 * where no variable names one. Throws D1Error `missing-r2-credentials` that names what is missing.
 */
export function readS3Access(
  { accountId }: { readonly accountId: string | undefined },
  env: Variables = process.env,
): S3Access {
  const find = (names: readonly string[]) =>
    names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  const accessKeyId = find(NAMES.accessKeyId);
  const secretAccessKey = find(NAMES.secretAccessKey);
  const account = find(NAMES.account) ?? accountId;
  const endpoint =
    find(NAMES.endpoint) ??
    (account === undefined ? undefined : `https://${account}.r2.cloudflarestorage.com`);
  if (accessKeyId === undefined || secretAccessKey === undefined || endpoint === undefined) {
    throw missing([
      ...(accessKeyId === undefined ? [NAMES.accessKeyId[0]] : []),
      ...(secretAccessKey === undefined ? [NAMES.secretAccessKey[0]] : []),
      ...(endpoint === undefined ? [NAMES.account[0]] : []),
    ]);
  }
  if (!URL.canParse(endpoint)) throw invalidEndpoint(endpoint);
  return { endpoint, accessKeyId, secretAccessKey };
}

function missing(names: readonly string[]): D1Error {
  return new D1Error({
    code: 'missing-r2-credentials',
    message: `The bucket at Cloudflare cannot be reached: ${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set.`,
    fix: `Make an R2 API token in the Cloudflare dashboard (R2, "Manage API tokens"), and set ${names.join(' and ')} in the environment.`,
    notes: [
      'A backup or restore without objects needs none of them: --databaseOnly.',
      'R2_ENDPOINT names another S3 endpoint than the one of the account, such as one of a jurisdiction.',
      'Keys are never taken from the command line, where other users of the machine can see them.',
    ],
    exitCode: 2,
  });
}

function invalidEndpoint(endpoint: string): D1Error {
  return new D1Error({
    code: 'invalid-r2-endpoint',
    message: `R2_ENDPOINT is no URL: ${endpoint}`,
    fix: 'Write it like https://<account id>.eu.r2.cloudflarestorage.com',
    exitCode: 2,
  });
}
