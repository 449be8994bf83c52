import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askDatabase, startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import {
  createHistoryStatement,
  createJournalStatement,
  recordStatement,
  stampStatements,
} from 'd1-core/records';
import { remoteConfig, testWorkspace, testWrangler, type TestWorkspace } from 'd1-core/testing';
import { targetIn } from './index.ts';
import type { Target } from 'd1-core/target';

/** A database at the stand-in of the Cloudflare API, with a workspace whose production it is. */
export interface RemoteDatabase {
  readonly id: string;
  readonly name: string;
  readonly workspace: TestWorkspace;
  readonly target: Target;
  /** The path of the API for this database, such as `/accounts/…/query`. */
  path(end: string): string;
  /** Asks it past wrangler, which takes a second for each question. */
  sql(text: string): Promise<readonly (readonly Row[])[]>;
  /** Makes it as it is after a migrate of these migrations of the workspace, past wrangler too. */
  applied(...names: readonly string[]): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

export interface RemoteDatabases {
  readonly api: CloudflareApi;
  /** A database that no other test has, as that of an environment: `production` by default, which is protected. */
  make(migrations?: Readonly<Record<string, string>>, environment?: string): RemoteDatabase;
}

/** Asks whether the lock of a database is free. */
export const FREE_LOCK = `SELECT json_extract(value, '$.until') <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS free FROM d1_migrate_metadata WHERE key = 'lock'`;

/** Lets the lock of a database expire, whoever holds it. */
export const EXPIRE_LOCK = `UPDATE d1_migrate_metadata SET value = json_set(value, '$.until', '2020-01-01T00:00:00Z') WHERE key = 'lock'`;

const idOf = (index: number): string => `9b1c7d0e-5b7d-4a55-8f0c-${String(index).padStart(12, '0')}`;

/**
 * One stand-in for all tests of a file: workerd takes more than a second to start. Wrangler is pointed to it by the
 * environment of the process; faults and log are cleared after each test.
 */
export function useRemoteDatabases(count = 20): RemoteDatabases {
  const before = { ...process.env };
  let api: CloudflareApi;
  let taken = 0;
  beforeAll(async () => {
    const databases = Array.from({ length: count }, (_, index) => ({
      id: idOf(index),
      name: `test-${index}`,
    }));
    api = await startCloudflareApi({ databases });
    await api.warmUp();
  });
  beforeEach(() => void Object.assign(process.env, api.env));
  afterEach(() => {
    api.faults.clear();
    api.log.clear();
    process.env = { ...before };
  });
  afterAll(() => api.close());
  return {
    get api() {
      return api;
    },
    make(migrations = {}, environment = 'production') {
      const index = taken++;
      if (index >= count) throw new Error(`There are only ${count} databases for the tests of this file.`);
      return remoteDatabase(api, index, migrations, environment);
    },
  };
}

function remoteDatabase(
  api: CloudflareApi,
  index: number,
  migrations: Readonly<Record<string, string>>,
  environment: string,
): RemoteDatabase {
  const id = idOf(index);
  const name = `test-${index}`;
  const workspace = testWorkspace({ migrations, wranglerToml: remoteConfig(id, name, environment) });
  const path = (end: string) => `/accounts/${api.accountId}/d1/database/${id}/${end}`;
  const sql = (text: string): Promise<readonly (readonly Row[])[]> => askDatabase(api, id, text);
  return {
    id,
    name,
    workspace,
    // Node remembers where it has found a wrangler: a test may put another one there before.
    get target() {
      return targetIn(workspace, { environment });
    },
    path,
    sql,
    async applied(...names) {
      const texts = names.map((file) => readFileSync(join(workspace.root, 'migrations', file), 'utf8'));
      const records = names.map((file) => recordStatement('d1_migrations', file));
      await sql([...ownTables(environment), ...texts, ...records].join(';\n'));
      api.log.clear();
    },
  };
}

/** The tables of the tools: with them a status is read with one question. */
const ownTables = (environment: string): readonly string[] => [
  ...stampStatements(environment),
  createHistoryStatement('d1_migrations', { quoted: testWrangler().can.quotesHistoryTable }),
  createJournalStatement,
];
