import type { CloudflareApi } from 'cloudflare-api';
import { blocksOf } from './page.ts';
import { runShell, type PageWorkspace } from './run-shell.ts';
import { missingLines } from './shell-blocks.ts';
import { startApi } from './start-api.ts';
import { cloneOfWorkspace } from './workspace.ts';

/**
 * Tests that run the blocks of a page, one after the other in one clone of this workspace or in what `prepare` makes, and compare what
 * they print.
 */
export function runPage(path: string, prepare: () => Promise<PageWorkspace> = cloneOfWorkspace): void {
  describe(path, () => {
    let api: CloudflareApi;
    let workspace: PageWorkspace;
    beforeAll(async () => {
      api = await startApi();
      workspace = await prepare();
    });
    afterAll(() => api.close());

    it.each(blocksOf(path).map((block) => [block.line, block] as const))(
      'is as the page says: line %i',
      async (_, block) => {
        const { exitCode, all } = await runShell(block.text, workspace, api);
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
