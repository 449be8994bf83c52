import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readAudit } from '../audit/index.ts';
import { loadExecutor } from './load-executor.ts';
import { targetIn } from './runs.ts';
import { testWorkspace } from './workspace.ts';

/** Tests that no executor of a plugin takes what protects from the command line. `root` is the package's folder. */
export function testProtection(root: string): void {
  const { executors } = JSON.parse(readFileSync(join(root, 'executors.json'), 'utf8'));
  const workspace = testWorkspace();
  const { auditFile } = targetIn(workspace, { environment: 'production' }).protection;

  it.each(Object.keys(executors))('%s does not take the protection from the command line', async (name) => {
    const { run } = await loadExecutor(root, executors[name].implementation);
    const { wranglerConfig } = workspace;
    const target = { options: { wranglerConfig }, configurations: {} };
    const given = { environment: 'production', settings: { production: { protected: false } } };
    const silent = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      expect(await run({ wranglerConfig, ...given }, { root: workspace.root, target })).toMatchObject({
        success: false,
        exitCode: 2,
      });
    } finally {
      silent.mockRestore();
    }
    const last = (await readAudit(auditFile)).at(-1)?.entry;
    expect(last).toMatchObject({ action: name, outcome: 'refused', error: { code: 'not-an-option' } });
  });
}
