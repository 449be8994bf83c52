import { confirmTarget, runCommand, show } from '../../run/index.ts';
import { resolveTarget } from '../../target/index.ts';
import { describeLock, describeUnlock, unlock, unlockDocument } from '../../unlock/index.ts';
import type { UnlockExecutorOptions } from './schema.d.ts';

export function runUnlock(
  options: UnlockExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('unlock', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const result = await unlock({
      target,
      async approve(lock) {
        show(options, describeLock(target, lock));
        await confirmTarget(target, options.confirm);
      },
    });
    return { exitCode: 0, text: describeUnlock(result), document: unlockDocument(result) };
  });
}
