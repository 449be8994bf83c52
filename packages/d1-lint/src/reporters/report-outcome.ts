import { resolve } from 'node:path';
import { replaceFile } from 'd1-core/node';
import type { Outcome } from 'd1-core/run';
import { allRules } from '../rules/index.ts';
import { exitCodeOf, type LintReport } from '../run/index.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json, reportDocument } from './json.ts';
import { junit } from './junit.ts';
import { pretty, prettyLines } from './pretty.ts';
import type { Format } from '../words.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';

export const reporters: Readonly<Record<Format, Reporter>> = { pretty, json, github, sarif, gitlab, junit };

export interface ReportOptions {
  readonly json?: boolean | undefined;
  readonly format?: Format | undefined;
  /** A file, relative to `root`; without it the report goes to standard output. */
  readonly output?: string | undefined;
  readonly root: string;
  readonly maxWarnings?: number | undefined;
}

/** Writes the report to a file where asked. The report for people is printed as well, so that a log says what was found. */
export async function reportOutcome(report: LintReport, options: ReportOptions): Promise<Outcome> {
  const { json: isJson = false, output, root } = options;
  const format = options.format ?? (isJson ? 'json' : defaultFormat());
  const exitCode = exitCodeOf(report, options.maxWarnings);
  const text = reporters[format](report, allRules, exitCode);
  if (output !== undefined) await replaceFile(resolve(root, output), `${text}\n`);
  return {
    exitCode,
    text: prettyLines(report),
    report: output !== undefined || format === 'pretty' ? undefined : text,
    document: reportDocument(report),
  };
}

/** In GitHub Actions the place of a finding belongs in the diff. */
const defaultFormat = (): Format => (process.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'pretty');
