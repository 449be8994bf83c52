import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccounts, type Account, type Tokens } from './accounts.ts';
import { createBookmarks } from './bookmarks.ts';
import { createBuckets } from './buckets.ts';
import type { Cloud } from './cloud.ts';
import { createDatabases, type Database } from './databases.ts';
import { createEngine, type Engine } from './engine.ts';
import { createFaults, type Faults } from './faults.ts';
import { createSignedFiles } from './files.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { createRouter } from './router.ts';
import { accountRoutes } from './routes/accounts.ts';
import { databaseRoutes } from './routes/databases.ts';
import { exportRoutes } from './routes/export.ts';
import { importRoutes } from './routes/import.ts';
import { queryRoutes } from './routes/query.ts';
import { r2Routes } from './routes/r2.ts';
import { signedRoutes } from './routes/signed.ts';
import { timeTravelRoutes } from './routes/time-travel.ts';
import { startServer } from './server.ts';
import { createStorage } from './storage.ts';

export interface CloudflareApiOptions {
  /** By default one. The first is the default account of databases and buckets. */
  readonly accounts?: readonly [Account, ...Account[]];
  /** By default one token that reaches every account. The first is the one in the result. */
  readonly tokens?: Tokens;
  /** The databases that exist from the start. Without `id` each gets a new one. */
  readonly databases?: readonly {
    readonly name: string;
    readonly id?: string;
    readonly accountId?: string;
  }[];
  /** The buckets that exist from the start. */
  readonly buckets?: readonly { readonly name: string; readonly accountId?: string }[];
  /** On the loopback; by default a free one. */
  readonly port?: number;
  /** A folder for databases and buckets, laid out as for wrangler's `--persist-to`. By default a temporary one. */
  readonly persistTo?: string;
}

export interface CloudflareApi {
  /** For `CLOUDFLARE_API_BASE_URL`. */
  readonly baseUrl: string;
  /** The first account. */
  readonly accountId: string;
  /** The first token. */
  readonly apiToken: string;
  /** The three variables that point wrangler here. */
  readonly env: Readonly<Record<string, string>>;
  /** The databases that there are now. */
  databases(): readonly Database[];
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Starts workerd now, which otherwise the first request that needs it waits for. */
  warmUp(): Promise<void>;
  /** Ends the server and workerd, and removes what was temporary. */
  close(): Promise<void>;
}

const DEFAULT_ACCOUNT: Account = { id: 'acc0123456789abcdef0123456789abc', name: 'Stand-in' };
const DEFAULT_TOKEN = 'stand-in-api-token';

/** Starts a stand-in of the Cloudflare API. workerd starts with the first request that needs it. */
export async function startCloudflareApi(options: CloudflareApiOptions = {}): Promise<CloudflareApi> {
  const { accounts = [DEFAULT_ACCOUNT], port = 0 } = options;
  const tokens = options.tokens ?? { [DEFAULT_TOKEN]: accounts.map(({ id }) => id) };
  const accountId = accounts[0].id;
  const apiToken = Object.keys(tokens)[0] ?? '';

  const temporary = await mkdtemp(join(tmpdir(), 'cloudflare-api-'));
  const persistTo = options.persistTo ?? join(temporary, 'state');

  const databases = createDatabases();
  for (const database of options.databases ?? []) databases.create({ accountId, ...database });
  const engine: Engine = createEngine({
    persistTo,
    resources: () => ({
      databases: databases.list().map(({ id }) => id),
      buckets: buckets.list().map(({ id }) => id),
    }),
  });
  const buckets = createBuckets(engine);
  for (const bucket of options.buckets ?? []) buckets.create(bucket.accountId ?? accountId, bucket.name);

  const cloud: Cloud = {
    accounts: createAccounts(accounts, tokens),
    databases,
    storage: createStorage(engine, createBookmarks(persistTo, join(temporary, 'bookmarks'))),
    buckets,
    files: createSignedFiles(),
    origin: () => server.origin,
  };
  const faults = createFaults();
  const log = createRequestLog();
  const server = await startServer(
    { accounts: cloud.accounts, route: createRouter(routes(cloud)), faults, log },
    port,
  );

  const baseUrl = `${server.origin}/client/v4`;
  return {
    baseUrl,
    accountId,
    apiToken,
    env: {
      CLOUDFLARE_API_BASE_URL: baseUrl,
      CLOUDFLARE_API_TOKEN: apiToken,
      CLOUDFLARE_ACCOUNT_ID: accountId,
    },
    databases: () => databases.list(),
    faults,
    log,
    warmUp: () => engine.work(async () => undefined),
    async close() {
      await server.close();
      await engine.close();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

const routes = (cloud: Cloud) => [
  ...accountRoutes(cloud),
  ...databaseRoutes(cloud),
  ...queryRoutes(cloud),
  ...importRoutes(cloud),
  ...exportRoutes(cloud),
  ...timeTravelRoutes(cloud),
  ...r2Routes(cloud),
  ...signedRoutes(cloud),
];
