import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { LoadedConfig } from '../config/index.ts';
import { DEFAULT_BASELINE, makeBaseline, readBaseline, type Baseline } from './baseline.ts';
import type { LintReport } from './run-lint.ts';

export interface BaselineOptions {
  readonly config: LoadedConfig;
  readonly update?: boolean | undefined;
  /** Whether only changed files are looked at. */
  readonly isPartial: boolean;
}

/**
 * Runs the linter with what the baseline knows. With `update` it runs without, and the baseline is then what was found.
 * Throws D1Error `invalid-argument` for an update of a part, which would drop the rest.
 */
export async function withBaseline(
  { config, update = false, isPartial }: BaselineOptions,
  run: (baseline: Baseline | undefined) => Promise<LintReport>,
): Promise<LintReport> {
  const file = join(config.folder, config.config.baseline ?? DEFAULT_BASELINE);
  if (!update) return run(readBaseline(file));
  if (isPartial) {
    throw new D1Error({
      code: 'invalid-argument',
      message: 'The baseline cannot be written from changed files alone: all else in it would be lost.',
      fix: 'Leave --since out.',
      exitCode: 2,
    });
  }
  const report = await run(undefined);
  await writeFile(file, `${JSON.stringify(makeBaseline(report.findings), null, 2)}\n`);
  return { ...report, findings: [], baselined: report.findings.length };
}
