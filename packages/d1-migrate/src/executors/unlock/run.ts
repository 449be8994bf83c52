import { audited } from 'd1-core/audit';
import { confirmTarget, identifyRun, runCommand, show } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import { describeLock, describeUnlock, unlock, unlockDocument } from '../../unlock/index.ts';
import type { UnlockExecutorOptions } from './schema.d.ts';

export function runUnlock(
  options: UnlockExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('unlock', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const run = { target, action: 'unlock', identify: identifyRun(workspaceRoot, pluginVersion()) };
    const result = await audited(run, async (recorder) => {
      const unlocked = await unlock({
        target,
        async approve(lock) {
          show(options, describeLock(target, lock));
          await confirmTarget(target, options.confirm);
          await recorder.begin({ bookmark: null, migrations: [] });
        },
      });
      return { ...unlocked, warnings: await recorder.end({ migrations: [] }) };
    });
    return {
      exitCode: result.warnings.length === 0 ? 0 : 3,
      text: [...describeUnlock(result), ...result.warnings],
      document: { ...unlockDocument(result), warnings: result.warnings },
    };
  });
}
