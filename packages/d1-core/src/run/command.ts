import { explainFileError, isD1Error, type FailureExitCode } from '../errors/index.ts';
import {
  describeError,
  errorDocument,
  githubAnnotation,
  jsonText,
  printLines,
  printText,
} from '../report/index.ts';
import { withSignals } from './interrupt.ts';

/** 0 done; the others as in `FailureExitCode`. */
export type ExitCode = 0 | FailureExitCode;

/** What a command has to say when it has ended. */
export interface Outcome {
  readonly exitCode: ExitCode;
  /** For people. */
  readonly text: readonly string[];
  /** In another format: printed as it is, in place of the text. */
  readonly report?: string | undefined;
  /** For machines. */
  readonly document: object;
}

export interface CommandOptions {
  readonly json?: boolean | undefined;
  /** `json` of a command with several formats means the same as the option `json`, but for what goes to a file. */
  readonly format?: string | undefined;
  readonly output?: string | undefined;
  readonly verbose?: boolean | undefined;
}

/** How a command ended: for Nx, which knows success and failure alone, and for a terminal. */
export interface CommandResult {
  readonly success: boolean;
  readonly exitCode: ExitCode;
  /** The report for machines. */
  readonly document: object;
}

/** The version of the JSON reports' shape; it changes when a field changes its meaning or goes away. */
const REPORT_VERSION = 1;

/**
 * Runs a command, prints its report, and says how it ended. Nothing that is thrown gets past it:
 * an error becomes a message, and in JSON mode a document. The report goes to standard output, errors to standard
 * error.
 */
export async function runCommand(
  name: string,
  options: CommandOptions,
  command: () => Promise<Outcome>,
): Promise<CommandResult> {
  const outcome = await withSignals(command).catch((error: unknown) => failure(error, options));
  const { exitCode, document } = outcome;
  if (asksJson(options)) {
    const report = { version: REPORT_VERSION, command: name, exitCode, ...document };
    printText(process.stdout, jsonText(report));
  } else if (outcome.report !== undefined) {
    printText(process.stdout, outcome.report);
  } else {
    printLines(process.stdout, outcome.text);
  }
  return { success: exitCode === 0, exitCode, document };
}

const asksJson = ({ json, format, output }: CommandOptions): boolean =>
  json === true || (format === 'json' && output === undefined);

function failure(thrown: unknown, { verbose = false }: CommandOptions): Outcome {
  const error = explainFileError(thrown) ?? thrown;
  printLines(process.stderr, describeError(thrown, { verbose }));
  if (process.env['GITHUB_ACTIONS'] === 'true' && isD1Error(error)) {
    const annotation = githubAnnotation('error', `${error.message}\n${error.fix}`, error.location);
    printText(process.stderr, annotation);
  }
  const exitCode = isD1Error(error) ? error.exitCode : 1;
  return { exitCode, text: [], document: { error: errorDocument(error) } };
}

/** Lines that are shown while a command works. In JSON mode standard output belongs to the document. */
export function show(options: CommandOptions, lines: readonly string[]): void {
  printLines(asksJson(options) ? process.stderr : process.stdout, lines);
}
