import { resolve } from 'node:path';
import { audited, type AuditRecorder } from 'd1-core/audit';
import {
  describeBookmark,
  describePending,
  describeResult,
  describeSkippedRehearsal,
  migrate,
  migrateDocument,
  type MigrateResult,
} from '../../migrate/index.ts';
import { readPlan } from '../../plan/read-plan.ts';
import { confirmTarget, identifyRun, interruptible, runCommand, show } from 'd1-core/run';
import { pluginVersion } from '../../plugin-version.ts';
import { resolveTarget } from 'd1-core/target';
import type { MigrateExecutorOptions } from './schema.d.ts';

export function runMigrate(
  options: MigrateExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('migrate', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const identify = identifyRun(workspaceRoot, pluginVersion());
    const work = async (recorder: AuditRecorder, signal: AbortSignal): Promise<MigrateResult> => {
      const plan =
        options.plan === undefined ? undefined : await readPlan(resolve(workspaceRoot, options.plan));
      const result = await migrate({
        target,
        plan,
        identify,
        dryRun: options.dryRun ?? false,
        skipRehearsal: options.skipRehearsal,
        rehearsedOn: options.rehearsedOn,
        timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
        signal,
        onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
        onBegin: (change) => recorder.begin(change),
        async approve(survey, pending) {
          show(options, describePending(survey, pending));
          if (options.skipRehearsal === true) show(options, describeSkippedRehearsal(target));
          if (options.dryRun !== true) await confirmTarget(target, options.confirm);
        },
      });
      const notNoted = await recorder.end(result);
      return { ...result, warnings: [...result.warnings, ...notNoted] };
    };
    const run = { target, action: 'migrate', identify, dryRun: options.dryRun };
    const result = await interruptible((signal) => audited(run, (recorder) => work(recorder, signal)));
    const incomplete = result.warnings.length > 0 ? 3 : 0;
    return {
      exitCode: result.error?.exitCode ?? incomplete,
      text: describeResult(result),
      document: migrateDocument(result),
    };
  });
}
