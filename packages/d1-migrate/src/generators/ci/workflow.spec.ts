import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { execa } from 'execa';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UPLOAD_ANSWERS } from '../../deploy/testing/upload-answers.ts';
import { nxWorkspace, type NxWorkspace } from 'd1-core/testing';

const DATABASE = { id: '705b8971-c3ff-4006-ae32-e9d187512266', name: 'shop-production' };
const CONFIG = `
name = "shop"
main = "index.js"
compatibility_date = "2025-08-01"
[env.development]
[[env.development.d1_databases]]
binding = "DB"
database_name = "shop-development"
database_id = "e1b8c043-52ac-4708-886b-249b77bfaf8b"
migrations_dir = "../../migrations"
[env.production]
workers_dev = false
[[env.production.d1_databases]]
binding = "DB"
database_name = "${DATABASE.name}"
database_id = "${DATABASE.id}"
migrations_dir = "../../migrations"
`;
const SHOPS = '-- Migration: shops\nCREATE TABLE shops (id TEXT PRIMARY KEY NOT NULL);\n';
const NAMES = '-- Migration: names\nALTER TABLE shops ADD COLUMN name TEXT;\n';

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

describe('the workflow that the generator ci writes', () => {
  let api: CloudflareApi;
  let workspace: NxWorkspace;
  let summary: string;
  let workflow: Workflow;
  const write = (file: string, text: string) => writeFileSync(join(workspace.root, file), text);
  const git = (...args: readonly string[]) =>
    execa('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: workspace.root,
    });
  const commit = async (message: string) => {
    await git('add', '--all');
    await git('commit', '--quiet', `--message=${message}`);
  };

  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    await api.warmUp();
    api.faults.add(...UPLOAD_ANSWERS);
    workspace = nxWorkspace({
      '.gitignore': 'node_modules\ndist\n.nx\n.d1\n',
      'apps/shop/package.json': JSON.stringify({ name: 'shop' }),
      'apps/shop/wrangler.toml': CONFIG,
      'apps/shop/index.js': 'export default { fetch: () => new Response("hello") };\n',
      'migrations/0001_shops.sql': SHOPS,
    });
    summary = join(workspace.root, 'node_modules', 'summary.md');
    const generated = await workspace.run(['g', 'd1-migrate:ci', '--no-interactive']);
    expect(generated.output).toContain('.github/workflows/d1.yml');
    workflow = parse(readFileSync(join(workspace.root, '.github/workflows/d1.yml'), 'utf8'));
    await git('init', '--quiet', '--initial-branch=main');
    await commit('first');
  });
  afterAll(() => api.close());

  /** Runs the commands of a job here, as on a machine of GitHub where everything is installed. */
  async function job(name: string): Promise<{ readonly exitCode: number; readonly output: string }> {
    let output = '';
    for (const { run } of workflow.jobs[name]?.steps ?? []) {
      if (run === undefined || run === 'npm ci') continue;
      if (run.startsWith('cat ')) {
        const [, file = ''] = run.split(' ');
        appendFileSync(summary, readFileSync(join(workspace.root, file)));
        continue;
      }
      const args = run
        .replace(/^npx nx /, '')
        .trim()
        .split(/\s+/);
      const result = await workspace.run(args, {
        ...api.env,
        CI: 'true',
        NX_BASE: 'HEAD~1',
        NX_HEAD: 'HEAD',
      });
      output += result.output;
      if (result.exitCode !== 0) return { exitCode: result.exitCode ?? 1, output };
    }
    return { exitCode: 0, output };
  }

  const columns = async (): Promise<readonly string[]> => {
    const response = await fetch(
      `${api.baseUrl}/accounts/${api.accountId}/d1/database/${DATABASE.id}/query`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${api.apiToken}` },
        body: JSON.stringify({ sql: "SELECT name FROM pragma_table_info('shops')" }),
      },
    );
    const { result } = JSON.parse(await response.text());
    return result[0].results.map(({ name }: { name: string }) => name);
  };

  it('checks, plans, and after an approval migrates and deploys, first an empty production', async () => {
    expect((await job('plan')).exitCode).toBe(0);
    expect(await columns()).toEqual([]);
    const { exitCode, output } = await job('production');
    expect(output).toContain('1 migration applied');
    expect(exitCode).toBe(0);
    expect(await columns()).toEqual(['id']);
  });

  it('then production with data, from a commit that has a new migration and nothing else', async () => {
    write('migrations/0002_names.sql', NAMES);
    await commit('names');
    const checked = await job('check');
    expect(checked.output).toContain('shop:lint');
    expect(checked.exitCode).toBe(0);
    expect((await job('plan')).exitCode).toBe(0);
    expect(readFileSync(summary, 'utf8')).toContain('| `0002_names.sql` | ✅');
    const { exitCode, output } = await job('production');
    expect(output).toContain('0002_names.sql');
    expect(exitCode).toBe(0);
    expect(await columns()).toEqual(['id', 'name']);
    // The job is started once more: its plan is done already, and the Worker is deployed again.
    const again = await job('production');
    expect(again.output).toContain('Nothing is pending.');
    expect(again.exitCode).toBe(0);
  });

  it('does not apply what nobody has approved', async () => {
    write('migrations/0003_more.sql', '-- Migration: more\nALTER TABLE shops ADD COLUMN more TEXT;\n');
    await commit('more');
    expect((await job('plan')).exitCode).toBe(0);
    write('migrations/0003_more.sql', '-- Migration: more\nALTER TABLE shops ADD COLUMN other TEXT;\n');
    const { exitCode, output } = await job('production');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('0003_more.sql has been changed since the plan was made.');
    expect(output).not.toContain('Deployed to');
    expect(await columns()).toEqual(['id', 'name']);
  });
});
