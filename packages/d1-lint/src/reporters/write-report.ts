import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Rule } from '../engine/index.ts';
import type { LintReport } from '../run/index.ts';
import { reporters, type Format } from './index.ts';

export interface ReportTarget {
  readonly format: Format;
  /** A file, absolute; without it the report goes to standard output. */
  readonly output?: string | undefined;
}

/** With a file the report for people still goes to standard output, so that a log says what was found. */
export async function writeReport(
  report: LintReport,
  rules: readonly Rule[],
  { format, output }: ReportTarget,
): Promise<void> {
  const text = reporters[format](report, rules);
  if (output === undefined) {
    print(text);
    return;
  }
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, `${text}\n`);
  print(reporters.pretty(report, rules));
}

const print = (text: string): void => {
  if (text !== '') process.stdout.write(`${text}\n`);
};
