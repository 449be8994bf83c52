import { audited, type AuditedRun, type AuditRecorder } from 'd1-core/audit';
import { describeBookmark } from '../../migrate/index.ts';
import {
  describeGoBack,
  describeRollback,
  describeRollbackPlan,
  describeWay,
  goBack,
  goBackDocument,
  rollback,
  rollbackDocument,
  type WayBack,
} from '../../rollback/index.ts';
import { confirmTarget, identifyRun, runCommand, show, type Outcome } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import type { RollbackExecutorOptions } from './schema.d.ts';

export function runRollback(
  options: RollbackExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('rollback', options, () => {
    const run: AuditedRun = {
      target: resolveTarget(options, workspaceRoot),
      action: 'rollback',
      identify: identifyRun(workspaceRoot, pluginVersion()),
      dryRun: options.dryRun,
    };
    const { strategy = 'script' } = options;
    return audited(run, (recorder) =>
      strategy === 'script' ? byScript(options, run, recorder) : byRestore(options, run, recorder, strategy),
    );
  });
}

async function byScript(
  options: RollbackExecutorOptions,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
): Promise<Outcome> {
  const result = await rollback({
    target,
    identify,
    steps: options.steps,
    to: options.to === undefined ? undefined : String(options.to),
    dryRun: options.dryRun ?? false,
    acceptDataLoss: (options.acceptDataLoss ?? '').split(',').map((table) => table.trim()),
    onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
    onBegin: (change) => recorder.begin(change),
    async approve(plan) {
      show(options, describeRollbackPlan(plan));
      if (options.dryRun !== true) await confirmTarget(target, options.confirm);
    },
  });
  const notNoted = await recorder.end(result);
  const warnings = [...result.warnings, ...notNoted];
  return {
    exitCode: result.outcome === 'failed' ? (result.error?.exitCode ?? 1) : warnings.length > 0 ? 3 : 0,
    text: describeRollback({ ...result, warnings }),
    document: rollbackDocument({ ...result, warnings }),
  };
}

async function byRestore(
  options: RollbackExecutorOptions,
  { target, identify }: AuditedRun,
  recorder: AuditRecorder,
  strategy: WayBack['strategy'],
): Promise<Outcome> {
  const result = await goBack({
    target,
    strategy,
    identify,
    dryRun: options.dryRun ?? false,
    onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
    onBegin: (change) => recorder.begin(change),
    async approve(before, way) {
      show(options, describeWay(before, way));
      if (options.dryRun !== true) await confirmTarget(target, options.confirm);
    },
  });
  const warnings = [...result.warnings, ...(await recorder.end({ migrations: [] }))];
  return {
    exitCode: warnings.length > 0 ? 3 : 0,
    text: describeGoBack({ ...result, warnings }),
    document: goBackDocument({ ...result, warnings }),
  };
}
