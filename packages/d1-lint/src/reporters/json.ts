import { jsonText } from 'd1-core/report';
import type { LintReport } from '../run/index.ts';
import type { Reporter } from './reporter.ts';

/** Changes when a field changes its meaning or goes away. Readers ignore fields that they do not know. */
const VERSION = 2;

/** Lines and columns count from 1, offsets from 0; columns and offsets are UTF-16 units. */
export const reportDocument = (report: LintReport): object => ({
  version: VERSION,
  ...report,
  texts: undefined,
});

/** The document as the command prints it. */
export const json: Reporter = (report, _rules, exitCode) =>
  jsonText({ command: 'lint', exitCode, ...reportDocument(report) });
