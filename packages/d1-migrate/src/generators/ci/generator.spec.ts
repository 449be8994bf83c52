import { jest } from '@jest/globals';
import { logger, readNxJson, updateNxJson, type Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { workerTree } from '../../testing/worker-tree.ts';
import { PLUGIN } from '../../commands/index.ts';
import { ci as ciGenerator } from '../../factories.ts';
import type { WorkflowOptions } from './write-workflow.ts';

interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly concurrency?: object;
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly branches: readonly string[] }>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

async function workflowOf(tree: Tree, options: WorkflowOptions = {}): Promise<Workflow> {
  const info = jest.spyOn(logger, 'info').mockImplementation(() => undefined);
  await ciGenerator(tree, options);
  info.mockRestore();
  const text = tree.read(`.github/workflows/${options.workflow ?? 'd1'}.yml`, 'utf8') ?? '';
  expect(text).not.toMatch(/<%|%>|undefined/);
  return parse(text);
}

const commandsOf = (job: Job | undefined) => (job?.steps ?? []).flatMap(({ run }) => run ?? []);

describe('the generator ci', () => {
  it('checks what is affected, plans, and migrates and deploys after an approval', async () => {
    const { on, permissions, jobs } = await workflowOf(workerTree());
    expect(on).toEqual({ pull_request: { branches: ['main'] }, push: { branches: ['main'] } });
    expect(permissions).toEqual({ actions: 'read', contents: 'read' });
    expect(Object.keys(jobs)).toEqual(['check', 'plan', 'production']);
    expect(commandsOf(jobs['check'])).toEqual(['npm ci', 'npx nx affected -t lint validate']);
    expect(commandsOf(jobs['plan'])).toEqual([
      'npm ci',
      'npx nx run api:plan --configuration=production --output=dist/d1/plan-production.json',
      'cat dist/d1/plan-production.md >> "$GITHUB_STEP_SUMMARY"',
    ]);
    expect(jobs['production']).toMatchObject({
      needs: 'plan',
      if: "github.event_name == 'push'",
      environment: 'production',
      concurrency: { group: 'd1-api-production', 'cancel-in-progress': false },
    });
    expect(commandsOf(jobs['production'])).toEqual([
      'npm ci',
      'npx nx run api:deploy --configuration=production --plan=dist/d1/plan-production.json --confirm=api-production',
    ]);
  });

  it('gives the token of production only to the job that waits for the approval', async () => {
    const { jobs } = await workflowOf(workerTree());
    const secrets = (job: string) => jobs[job]?.steps.flatMap(({ env = {} }) => Object.values(env));
    expect(secrets('check')).toEqual([]);
    expect(secrets('plan')).toEqual(['${{ secrets.CLOUDFLARE_PLAN_TOKEN }}']);
    expect(secrets('production')).toEqual(['${{ secrets.CLOUDFLARE_API_TOKEN }}']);
    expect(jobs['plan']?.if).toContain('head.repo.full_name == github.repository');
  });

  it('carries the audit file from run to run, and keeps it also when the run fails', async () => {
    const { jobs } = await workflowOf(workerTree());
    const steps = jobs['production']?.steps ?? [];
    const audit = steps.filter((step) => step.with?.['path'] === 'apps/api/.d1/audit');
    expect(audit).toMatchObject([
      { uses: 'actions/cache/restore@v4' },
      { uses: 'actions/cache/save@v4', if: 'always()' },
      { uses: 'actions/upload-artifact@v4', if: 'always()' },
    ]);
  });

  it('follows the names, the branch, the Node and the package manager of the workspace', async () => {
    const tree = workerTree();
    tree.write('.nvmrc', '24\n');
    tree.write('pnpm-lock.yaml', '');
    updateNxJson(tree, {
      ...readNxJson(tree),
      defaultBase: 'trunk',
      plugins: [
        {
          plugin: 'd1-migrate/plugin',
          options: {
            targetPrefix: 'd1-',
            environments: { production: { auditFile: 'audit/p.ndjson' } },
          },
        },
      ],
    });
    const { on, jobs } = await workflowOf(tree, { workflow: 'ship' });
    expect(on['push']).toEqual({ branches: ['trunk'] });
    expect(commandsOf(jobs['check'])).toEqual([
      'pnpm install --frozen-lockfile',
      'pnpm exec nx affected -t lint d1-validate',
    ]);
    expect(JSON.stringify(jobs['production'])).toContain('nx run api:d1-deploy --configuration=production');
    expect(JSON.stringify(jobs['production'])).toContain('"path":"audit"');
    expect(
      jobs['check']?.steps.find(({ uses }) => uses?.startsWith('actions/setup-node'))?.with,
    ).toMatchObject({
      'node-version-file': '.nvmrc',
      cache: 'pnpm',
    });
  });

  describe('for a Worker with several databases', () => {
    const database = (binding: string) =>
      `[[env.production.d1_databases]]\nbinding = "${binding}"\ndatabase_name = "shop-${binding.toLowerCase()}"\nmigrations_dir = "${binding}"\n`;
    const several = () => workerTree(`name = "shop"\n${database('DB')}${database('LOG')}`);

    it('names the one that is asked for', async () => {
      const { jobs } = await workflowOf(several(), { database: 'LOG' });
      expect(commandsOf(jobs['production']).at(-1)).toMatch(/ --database=LOG .*--confirm=shop-log$/);
    });

    it('checks and plans each of them, and deploys with all plans', async () => {
      const { jobs } = await workflowOf(several());
      expect(commandsOf(jobs['check'])).toEqual([
        'npm ci',
        'npx nx affected -t lint && npx nx run api:validate --database=DB && npx nx run api:validate --database=LOG',
      ]);
      const [, ...plans] = commandsOf(jobs['plan']);
      const files = ['DB', 'LOG'].map((binding) => `dist/d1/plan-shop-production-${binding}`);
      expect(plans).toEqual([
        ...['DB', 'LOG'].map(
          (binding, index) =>
            `npx nx run api:plan --configuration=production --database=${binding} --output=${files[index]}.json`,
        ),
        ...files.map((file) => `cat ${file}.md >> "$GITHUB_STEP_SUMMARY"`),
      ]);
      expect(jobs['plan']?.steps.at(-1)?.with?.['path']).toBe(files.map((file) => `${file}.json\n`).join(''));
      expect(commandsOf(jobs['production']).at(-1)).toBe(
        'npx nx run api:deploy --configuration=production --plan=dist/d1/ --confirm=shop-db,shop-log',
      );
    });

    it('leaves out one that has no migrations', async () => {
      const tree = several();
      tree.write('apps/api/LOG/0001_first.sql', 'SELECT 1;');
      const { jobs } = await workflowOf(tree);
      expect(commandsOf(jobs['production']).at(-1)).toMatch(/ --database=LOG .*--confirm=shop-log$/);
    });
  });

  it('runs only targets that the plugin infers', async () => {
    const { jobs } = await workflowOf(workerTree());
    const commands = Object.values(jobs).flatMap(commandsOf);
    const targets = commands.flatMap((command) => /nx run api:(\S+)/.exec(command)?.[1] ?? []);
    const known: readonly string[] = PLUGIN.targets.map(({ defaultName }) => defaultName);
    expect(targets.filter((target) => !known.includes(target))).toEqual([]);
  });

  it.each<[string, WorkflowOptions, string]>([
    ['a local environment', { environment: 'development' }, 'no remote environment "development"'],
    ['a misspelled one', { environment: 'prodution' }, 'Write --environment=production.'],
  ])('refuses %s', async (_, options, message) => {
    await expect(ciGenerator(workerTree(), options)).rejects.toThrow(message);
  });

  it('leaves a workflow that is there as it is', async () => {
    const tree = workerTree();
    tree.write('.github/workflows/d1.yml', 'name: mine\n');
    await expect(ciGenerator(tree, {})).rejects.toThrow('--workflow=d1-deploy');
    expect(tree.read('.github/workflows/d1.yml', 'utf8')).toBe('name: mine\n');
  });

  it('writes no name that YAML or a shell would take for something else', async () => {
    for (const branch of ['main]\n  pull_request_target:', '$(whoami)', 'a b'])
      await expect(workflowOf(workerTree(), { branch })).rejects.toThrow('as its branch');
  });
});
