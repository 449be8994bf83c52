import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { execa } from 'execa';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nxWorkspace, type NxWorkspace } from './testing/nx-workspace.ts';
import { missingLines, shellBlocks, type ShellBlock } from './testing/shell-blocks.ts';
import { readWranglerConfig } from 'd1-core/environment';

const REPOSITORY = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(REPOSITORY, 'docs/production-walk.md'), 'utf8');

/** The databases of the Worker, as `npm run cloudflare-api` has them. */
const databases = readWranglerConfig(join(REPOSITORY, 'apps/workers/wrangler.toml'))
  .environments.flatMap((environment) => environment.databases)
  .flatMap(({ databaseId: id, databaseName: name }) =>
    id === undefined || name === undefined ? [] : [{ id, name }],
  );

/** A copy of what the Worker consists of. */
function copyOfWorker(): NxWorkspace {
  const workspace = nxWorkspace({
    'tsconfig.base.json': readFileSync(join(REPOSITORY, 'tsconfig.base.json'), 'utf8'),
  });
  for (const folder of ['apps/workers', 'migrations']) {
    cpSync(join(REPOSITORY, folder), join(workspace.root, folder), {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|\.wrangler|\.d1|out-tsc)$/.test(path),
    });
  }
  return workspace;
}

describe('the walk through production', () => {
  let api: CloudflareApi;
  let workspace: NxWorkspace;
  beforeAll(async () => {
    api = await startCloudflareApi({ databases });
    await api.warmUp();
    workspace = copyOfWorker();
  });
  afterAll(() => api.close());

  const run = ({ text }: ShellBlock) =>
    execa(
      'bash',
      ['-euo', 'pipefail', '-c', text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, new URL(api.baseUrl).origin)],
      {
        cwd: workspace.root,
        all: true,
        reject: false,
        stdin: 'ignore',
        timeout: 110_000,
        env: { ...workspace.env, ...api.env },
      },
    );

  const blocks = shellBlocks(PAGE).filter(({ marks }) => !marks.includes('other-terminal'));
  it.each(blocks.map((block) => [`line ${block.line}`, block] as const))(
    'is as the page says: %s',
    async (_, block) => {
      const { exitCode, all } = await run(block);
      const actual = {
        fails: exitCode !== 0,
        missing: missingLines(block.output ?? [], all.split('\n')),
        all,
      };
      if (process.env['SHOW_WALK'] !== undefined) console.log(`${block.line}\n${all}`);
      expect(actual).toEqual({ fails: block.marks.includes('fails'), missing: [], all });
    },
  );
});
