import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { readWranglerConfig } from 'd1-core/environment';
import type { NxWorkspace } from 'd1-migrate/testing';
import { execa } from 'execa';
import { join } from 'node:path';
import { blocksOf, REPOSITORY } from './page.ts';
import { missingLines, type ShellBlock } from './shell-blocks.ts';
import { cloneOfWorkspace } from './workspace.ts';

/** The databases of the Worker, as `npm run cloudflare-api` has them. */
const databases = readWranglerConfig(join(REPOSITORY, 'apps/workers/wrangler.toml'))
  .environments.flatMap((environment) => environment.databases)
  .flatMap(({ databaseId: id, databaseName: name }) =>
    id === undefined || name === undefined ? [] : [{ id, name }],
  );

/** Tests that run the blocks of a page, one after the other in one clone, and compare what they print. */
export function runPage(path: string): void {
  describe(path, () => {
    let api: CloudflareApi;
    let workspace: NxWorkspace;
    beforeAll(async () => {
      api = await startCloudflareApi({ databases });
      await api.warmUp();
      workspace = await cloneOfWorkspace();
    });
    afterAll(() => api.close());

    const run = ({ text }: ShellBlock) =>
      execa(
        'bash',
        [
          '-euo',
          'pipefail',
          '-c',
          text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, new URL(api.baseUrl).origin),
        ],
        {
          cwd: workspace.root,
          all: true,
          reject: false,
          stdin: 'ignore',
          timeout: 110_000,
          env: { ...workspace.env, ...api.env },
        },
      );

    it.each(blocksOf(path).map((block) => [block.line, block] as const))(
      'is as the page says: line %i',
      async (_, block) => {
        const { exitCode, all } = await run(block);
        const actual = {
          fails: exitCode !== 0,
          missing: missingLines(block.output ?? [], all.split('\n')),
          all,
        };
        if (process.env['SHOW_PAGE'] !== undefined) console.log(`${path}:${block.line}\n${all}`);
        expect(actual).toEqual({ fails: block.marks.includes('fails'), missing: [], all });
      },
    );
  });
}
