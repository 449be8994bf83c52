import {
  describeBookmark,
  describePending,
  describeResult,
  migrate,
  migrateDocument,
} from '../../migrate/index.ts';
import {
  confirmTarget,
  identifyRun,
  interruptible,
  pluginVersion,
  runCommand,
  show,
} from '../../run/index.ts';
import { resolveTarget } from '../../target/index.ts';
import type { MigrateExecutorOptions } from './schema.d.ts';

export function runMigrate(
  options: MigrateExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('migrate', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const result = await interruptible((signal) =>
      migrate({
        target,
        identify: identifyRun(workspaceRoot, pluginVersion()),
        dryRun: options.dryRun ?? false,
        timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
        signal,
        onBookmark: (bookmark) => show(options, describeBookmark(target, bookmark)),
        async approve(survey, pending) {
          show(options, describePending(survey, pending));
          if (options.dryRun !== true) await confirmTarget(target, options.confirm);
        },
      }),
    );
    const incomplete = result.warnings.length > 0 ? 3 : 0;
    return {
      exitCode: result.outcome === 'failed' ? (result.error?.exitCode ?? 1) : incomplete,
      text: describeResult(result),
      document: migrateDocument(result),
    };
  });
}
