import { resolve } from 'node:path';
import { describeReset, reset, resetDocument } from '../../reset/index.ts';
import { confirmTarget, identifyRun, runCommand } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import type { ResetExecutorOptions } from './schema.d.ts';

export function runReset(
  options: ResetExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('reset', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const result = await reset({
      target,
      approve: () => confirmTarget(target, options.confirm),
      identify: identifyRun(workspaceRoot, pluginVersion()),
      seed: options.seed === undefined ? undefined : resolve(workspaceRoot, options.seed),
    });
    return { exitCode: 0, text: describeReset(result), document: resetDocument(result) };
  });
}
