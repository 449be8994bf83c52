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
  /** For machines. */
  readonly document: object;
}

export interface CommandOptions {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** The version of the JSON reports' shape; it changes when a field changes its meaning or goes away. */
const REPORT_VERSION = 1;

/**
 * Runs a command, prints its report, and turns it into what Nx wants to know. Nothing that is thrown gets past it:
 * an error becomes a message, and in JSON mode a document. The report goes to standard output, errors to standard
 * error.
 */
export async function runCommand(
  name: string,
  options: CommandOptions,
  command: () => Promise<Outcome>,
): Promise<{ success: boolean }> {
  const outcome = await withSignals(command).catch((error: unknown) => failure(error, options));
  if (options.json === true) {
    const { exitCode, document } = outcome;
    const report = { version: REPORT_VERSION, command: name, exitCode, ...document };
    printText(process.stdout, jsonText(report));
  } else {
    printLines(process.stdout, outcome.text);
  }
  return { success: outcome.exitCode === 0 };
}

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
  printLines(options.json === true ? process.stderr : process.stdout, lines);
}
