import { resolve } from 'node:path';
import { defaultFormat, writeError, writeReport } from '../../reporters/write-report.ts';
import { allRules } from '../../rules/index.ts';
import { exitCodeOf, lintWorkspace } from '../../run/index.ts';
import type { LintExecutorOptions } from './schema.d.ts';

/** Lints, prints the report, and tells Nx whether it was good enough. An error becomes a message. */
export async function runLintExecutor(
  options: LintExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  const { preset, rules, startAfter, baseline, maxWarnings, verbose = false } = options;
  const format = options.format ?? defaultFormat();
  const output = options.output === undefined ? undefined : resolve(workspaceRoot, options.output);
  try {
    const settings = { preset, rules, startAfter, baseline };
    const report = await lintWorkspace({ ...options, settings, workspaceRoot }, allRules);
    const exitCode = exitCodeOf(report, maxWarnings);
    await writeReport(report, allRules, { format, output, exitCode });
    return { success: exitCode === 0 };
  } catch (error) {
    writeError(error, format, verbose);
    return { success: false };
  }
}
