import { audited, type AuditedRun } from 'd1-core/audit';
import { baseline, baselineDocument, describeBaseline, describeBaselinePlan } from '../../baseline/index.ts';
import { confirmTarget, identifyRun, runCommand, show } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import type { BaselineExecutorOptions } from './schema.d.ts';

export function runBaseline(
  options: BaselineExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('baseline', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const identify = identifyRun(workspaceRoot, pluginVersion());
    const run: AuditedRun = { target, action: 'baseline', identify, dryRun: options.dryRun };
    const result = await audited(run, async (recorder) => {
      const done = await baseline({
        target,
        identify,
        to: options.to === undefined ? undefined : String(options.to),
        replaceHistory: options.replaceHistory ?? false,
        dryRun: options.dryRun ?? false,
        onBegin: (change) => recorder.begin(change),
        async approve(plan) {
          show(options, describeBaselinePlan(plan));
          if (options.dryRun !== true) await confirmTarget(target, options.confirm);
        },
      });
      const migrations = done.plan.recorded.map((name) => ({ name, outcome: 'applied' as const }));
      return { ...done, warnings: [...done.warnings, ...(await recorder.end({ migrations }))] };
    });
    return {
      exitCode: result.warnings.length > 0 ? 3 : 0,
      text: describeBaseline(result),
      document: baselineDocument(result),
    };
  });
}
