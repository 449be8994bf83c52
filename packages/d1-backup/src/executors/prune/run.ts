import { runCommand, showProgress } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import { describePrune, openShelf, prune, pruneDocument } from '../../shelf/index.ts';
import type { PruneExecutorOptions } from './schema.d.ts';

export function runPrune(
  options: PruneExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('prune', options, async () => {
    const { environment } = resolveTarget(options, workspaceRoot);
    const { output, identity, dryRun = false, keepLast, keepDaily, keepWeekly, keepMonthly } = options;
    const shelf = openShelf({ output, workspaceRoot, accountId: environment.accountId, identity });
    const progress = showProgress(process.stderr);
    const result = await prune({
      shelf,
      environment: environment.name,
      rules: { last: keepLast, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly },
      dryRun,
      now: new Date(),
      onDelete: ({ name }) => progress.show(`deleting ${name}`),
    }).finally(() => {
      progress.clear();
      return shelf.close();
    });
    return {
      exitCode: result.failed.length > 0 ? 1 : 0,
      text: describePrune(result),
      document: pruneDocument(result),
    };
  });
}
