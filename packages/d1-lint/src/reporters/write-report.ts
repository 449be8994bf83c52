import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explainFileError, isD1Error } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import { describeError, printLines, printText } from 'd1-core/report';
import type { Rule } from '../engine/index.ts';
import type { LintReport } from '../run/index.ts';
import { reporters, type Format } from './index.ts';
import { jsonError } from './json.ts';
import { prettyLines } from './pretty.ts';

export interface ReportTarget {
  readonly format: Format;
  /** A file, absolute; without it the report goes to standard output. */
  readonly output?: string | undefined;
  readonly exitCode: number;
}

/** With a file the report for people still goes to standard output, so that a log says what was found. */
export async function writeReport(
  report: LintReport,
  rules: readonly Rule[],
  { format, output, exitCode }: ReportTarget,
): Promise<void> {
  const text = reporters[format](report, rules, exitCode);
  if (output === undefined && format !== 'pretty') {
    printText(process.stdout, text);
    return;
  }
  if (output !== undefined) {
    makeFolder(dirname(output));
    await writeFile(output, `${text}\n`);
  }
  printLines(process.stdout, prettyLines(report));
}

/** A run that gave no report: what is wrong goes to standard error, and as a document to who reads JSON. Gives the exit status. */
export function writeError(thrown: unknown, format: string | undefined, verbose: boolean): number {
  const error = explainFileError(thrown) ?? thrown;
  if (format === 'json') printText(process.stdout, jsonError(error));
  printLines(process.stderr, describeError(error, { verbose }));
  return isD1Error(error) ? error.exitCode : 1;
}

/** In GitHub Actions the place of a finding belongs into the diff. */
export const defaultFormat = (): Format => (process.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'pretty');
