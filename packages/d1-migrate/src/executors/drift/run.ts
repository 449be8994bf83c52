import { describeDrifts, driftDocument, hasDrifted, isComplete, readDrifts } from '../../drift/index.ts';
import { runCommand } from 'd1-core/run';
import { resolveTarget, resolveTargets } from 'd1-core/target';
import type { DriftExecutorOptions } from './schema.d.ts';

export function runDrift(
  options: DriftExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('drift', options, async () => {
    const targets =
      options.environments === 'all'
        ? resolveTargets(options, workspaceRoot)
        : [resolveTarget(options, workspaceRoot)];
    const drifts = await readDrifts(targets);
    const failed = options.check === true && drifts.some(hasDrifted);
    return {
      exitCode: failed ? 1 : drifts.every(isComplete) ? 0 : 3,
      text: describeDrifts(drifts),
      document: driftDocument(drifts),
    };
  });
}
