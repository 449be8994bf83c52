import { resolve } from 'node:path';
import { describePlan, makePlan, planDocument, summaryFile, writePlan } from '../../plan/index.ts';
import { identifyRun, runCommand, showProgress } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import { outputFile } from '../output-file.ts';
import type { PlanExecutorOptions } from './schema.d.ts';

export function runPlan(options: PlanExecutorOptions, workspaceRoot: string): Promise<{ success: boolean }> {
  return runCommand('plan', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const usual = { folder: 'dist/d1', name: `plan-${target.environment.name}.json` };
    const output = outputFile(options.output, usual, target);
    const file = resolve(workspaceRoot, output);
    const progress = showProgress(process.stderr);
    const plan = await makePlan({
      target,
      workspaceRoot,
      identify: identifyRun(workspaceRoot, pluginVersion()),
      source:
        options.from === undefined
          ? { kind: 'database' }
          : { kind: 'file', file: resolve(workspaceRoot, options.from) },
      onProgress: progress.show,
    }).finally(() => progress.clear());
    await writePlan(file, plan);
    return {
      exitCode: plan.problems.length === 0 ? 0 : 1,
      text: describePlan(plan, [output, summaryFile(output)]),
      document: planDocument(plan),
    };
  });
}
