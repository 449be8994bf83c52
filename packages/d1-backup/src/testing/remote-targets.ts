import { askDatabase, startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import type { D1, Row } from 'd1-core/database';
import type { Target } from 'd1-core/target';
import { remoteConfig, targetIn, testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { startS3Server, type S3Server } from './s3-server.ts';

/** A database at the stand-in of the Cloudflare API and a bucket at the S3 server, as those of an environment. */
export interface RemoteTarget {
  readonly workspace: TestWorkspace;
  readonly target: Target;
  readonly bucket: string;
  /** The path of the API for this database, such as `/accounts/…/import`. */
  path(end: string): string;
  /** Asks the database past wrangler, which takes a second for each question. */
  sql(text: string): Promise<readonly (readonly Row[])[]>;
  /** The same as a database. */
  readonly d1: D1;
}

export interface RemoteTargets {
  readonly api: CloudflareApi;
  readonly s3: S3Server;
  /** The variables that point to both. */
  readonly env: Readonly<Record<string, string>>;
  /** A database and a bucket that no other test has: `staging` by default, which is not protected. */
  make(environment?: string): RemoteTarget;
}

const idOf = (index: number): string => `9b1c7d0e-5b7d-4a55-8f0c-${String(index).padStart(12, '0')}`;

/** One stand-in for all tests of a file: workerd takes more than a second to start. */
export function useRemoteTargets(count: number): RemoteTargets {
  const before = { ...process.env };
  const indexes = Array.from({ length: count }, (_, index) => index);
  let api: CloudflareApi;
  let s3: S3Server;
  let env: Record<string, string> = {};
  let taken = 0;
  beforeAll(async () => {
    api = await startCloudflareApi({
      databases: indexes.map((index) => ({ id: idOf(index), name: `test-${index}` })),
    });
    [s3] = await Promise.all([startS3Server(indexes.map((index) => `photos-${index}`)), api.warmUp()]);
    const { endpoint, accessKeyId, secretAccessKey } = s3.access;
    env = {
      ...api.env,
      R2_ENDPOINT: endpoint,
      R2_ACCESS_KEY_ID: accessKeyId,
      R2_SECRET_ACCESS_KEY: secretAccessKey,
    };
  });
  beforeEach(() => void Object.assign(process.env, env));
  afterEach(() => {
    api.faults.clear();
    api.log.clear();
    process.env = { ...before };
  });
  afterAll(() => Promise.all([api.close(), s3.close()]));
  return {
    get api() {
      return api;
    },
    get s3() {
      return s3;
    },
    get env() {
      return env;
    },
    make(environment = 'staging') {
      const index = taken++;
      if (index >= count) throw new Error(`There are only ${count} targets for the tests of this file.`);
      return remoteTarget(api, index, environment);
    },
  };
}

function remoteTarget(api: CloudflareApi, index: number, environment: string): RemoteTarget {
  const workspace = testWorkspace({ wranglerToml: configOf(index, environment) });
  const path = (end: string) => `/accounts/${api.accountId}/d1/database/${idOf(index)}/${end}`;
  const sql = (text: string): Promise<readonly (readonly Row[])[]> => askDatabase(api, idOf(index), text);
  return {
    workspace,
    bucket: `photos-${index}`,
    get target() {
      return targetIn(workspace, { environment });
    },
    path,
    sql,
    d1: {
      location: 'remote',
      batch: async (statements) => (statements.length === 0 ? [] : sql(statements.join(';\n'))),
      close: async () => undefined,
    },
  };
}

const configOf = (
  index: number,
  environment: string,
): string => `${remoteConfig(idOf(index), `test-${index}`, environment)}
[[env.${environment}.r2_buckets]]
binding = "PHOTOS"
bucket_name = "photos-${index}"
`;
