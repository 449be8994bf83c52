import { resolve } from 'node:path';
import { isD1Error } from 'd1-core/errors';
import { describeError, errorDocument } from 'd1-core/report';
import { writeReport } from '../../reporters/write-report.ts';
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
    await writeReport(report, allRules, { format, output });
    return { success: exitCodeOf(report, maxWarnings) === 0 };
  } catch (error) {
    if (format === 'json') {
      const exitCode = isD1Error(error) ? error.exitCode : 1;
      process.stdout.write(
        `${JSON.stringify({ version: 1, command: 'lint', exitCode, error: errorDocument(error) }, null, 2)}\n`,
      );
    }
    process.stderr.write(`${describeError(error, { verbose }).join('\n')}\n`);
    return { success: false };
  }
}

/** In GitHub Actions the place of a finding belongs into the diff. */
const defaultFormat = () => (process.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'pretty');
