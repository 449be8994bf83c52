// usage: npx node tools/bench/remote.ts [rounds]
// Times "migrate" on a remote database against bare wrangler on the same files, with 1 and with 50 pending migrations.
// The database is the local stand-in of the Cloudflare API: what is measured is our own work and the wrangler processes,
// without the way to Cloudflare. All ratios of a table are of one run.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { measure, printRatios, type Contender } from './measure.ts';
import { generatedWorkspace, REPOSITORY, type BenchWorkspace } from './workspace.ts';

const rounds = Number(process.argv[2] ?? 5);
const DATABASE_ID = '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0';
const SETTINGS = { production: { wranglerEnv: '', location: 'remote', protected: false } };
const wranglerBin = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);

interface StandIn {
  readonly env: Readonly<Record<string, string>>;
  query(sql: string): Promise<readonly { readonly name: string }[]>;
  stop(): Promise<void>;
}

async function startStandIn({ root, wranglerConfig }: BenchWorkspace): Promise<StandIn> {
  const main = join(REPOSITORY, 'tools/cloudflare-api/src/main.ts');
  const child = execa(process.execPath, [main, '--config', join(root, wranglerConfig)], {
    cwd: REPOSITORY,
    reject: false,
    stdin: 'ignore',
    killDescendants: true,
  });
  const lines = createInterface({ input: child.stdout });
  const { value } = await lines[Symbol.asyncIterator]().next();
  const { baseUrl, accountId, apiToken } = JSON.parse(value);
  return {
    env: {
      CLOUDFLARE_API_BASE_URL: baseUrl,
      CLOUDFLARE_ACCOUNT_ID: accountId,
      CLOUDFLARE_API_TOKEN: apiToken,
      CI: 'true',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
    },
    async query(sql) {
      const response = await fetch(`${baseUrl}/accounts/${accountId}/d1/database/${DATABASE_ID}/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiToken}` },
        body: JSON.stringify({ sql }),
      });
      const { success, result, errors } = JSON.parse(await response.text());
      if (success !== true) throw new Error(JSON.stringify(errors));
      return result[0].results;
    },
    async stop() {
      child.kill();
      await child;
    },
  };
}

/** As after the first run: the tables of the tools are there, and nothing is applied. */
const prepare = (standIn: StandIn) => async (): Promise<void> => {
  const tables = await standIn.query(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'`,
  );
  const statements = tables.map(({ name }) =>
    name.startsWith('d1_mig') ? `DELETE FROM ${name} WHERE true` : `DROP TABLE ${name}`,
  );
  if (statements.length > 0) await standIn.query(statements.join('; '));
};

const contenders = (workspace: BenchWorkspace, standIn: StandIn): readonly Contender[] => {
  const shared = { prepare: prepare(standIn), cwd: workspace.root, env: standIn.env };
  const options = { wranglerConfig: workspace.wranglerConfig, environment: 'production', settings: SETTINGS };
  return [
    {
      ...shared,
      name: 'wrangler d1 migrations apply --remote',
      command: [
        process.execPath,
        wranglerBin,
        ...['d1', 'migrations', 'apply', 'DB', '--remote', '--env='],
        `--config=${workspace.wranglerConfig}`,
      ],
    },
    {
      ...shared,
      name: "migrate, the executor's own process",
      command: [
        process.execPath,
        join(REPOSITORY, 'packages/d1-migrate/src/testing/run-executor.ts'),
        'migrate',
        workspace.root,
        JSON.stringify(options),
      ],
    },
  ];
};

for (const files of [1, 50]) {
  const workspace = generatedWorkspace(files);
  try {
    const standIn = await startStandIn(workspace);
    try {
      const title = files === 1 ? '1 pending migration, remote' : `${files} pending migrations, remote`;
      printRatios(title, await measure(contenders(workspace, standIn), rounds));
    } finally {
      await standIn.stop();
    }
  } finally {
    workspace.remove();
  }
}
