import { resolve } from 'node:path';
import { describeRehearsal, rehearse, rehearseDocument, type RehearseResult } from '../../rehearse/index.ts';
import { runCommand, type ExitCode, showProgress } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import type { RehearseExecutorOptions } from './schema.d.ts';

export function runRehearse(
  options: RehearseExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('rehearse', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const progress = showProgress(process.stderr);
    const result = await rehearse({
      target,
      source:
        options.from === undefined
          ? { kind: 'database' }
          : { kind: 'file', file: resolve(workspaceRoot, options.from) },
      onProgress: progress.show,
    }).finally(() => progress.clear());
    return {
      exitCode: exitCodeOf(result),
      text: describeRehearsal(result),
      document: rehearseDocument(result),
    };
  });
}

function exitCodeOf({ outcome, error }: RehearseResult): ExitCode {
  if (outcome === 'failed') return error?.exitCode ?? 1;
  return outcome === 'lost-rows' || outcome === 'broken' ? 1 : 0;
}
