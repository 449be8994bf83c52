import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import { entrance } from '../door/index.ts';
import { D1Error, explainFileError, type FailureExitCode, isD1Error } from '../errors/index.ts';
import { findCommit } from '../git/index.ts';
import { checkSource } from './check-source.ts';
import {
  describeError,
  errorDocument,
  githubAnnotation,
  jsonText,
  printLines,
  printText,
  visible,
} from '../report/index.ts';
import type { Target } from '../target/index.ts';

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
  /** For scripts. */
  readonly result?: unknown;
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

/** Whether somebody may read along. A script came in by no door, and is told the result. */
const isWatched = (): boolean => entrance().door.kind !== 'script';

/** Lines that are shown while a command works. In JSON mode standard output belongs to the document. */
export function show(options: CommandOptions, lines: readonly string[]): void {
  if (isWatched()) printLines(asksJson(options) ? process.stderr : process.stdout, lines);
}

interface Progress {
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly show: (what: string, fraction?: number) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

/** Milliseconds between two changes of the line. */
const INTERVAL = 100;

/** One line on a terminal that is written over and over; nothing where there is no terminal. */
export function showProgress(stream: WriteStream | NodeJS.WriteStream): Progress {
  if (!stream.isTTY || !isWatched()) return { show: () => undefined, clear: () => undefined };
  let shown = '';
  let last = -Infinity;
  const write = (text: string) => stream.write(`\r\u001b[K${visible(text).slice(0, stream.columns - 1)}`);
  return {
    show(what, fraction) {
      const line =
        fraction === undefined ? what : `${what} ${String(Math.floor(fraction * 100)).padStart(3)} %`;
      const now = performance.now();
      if (line === shown || (now - last < INTERVAL && fraction !== 1)) return;
      shown = line;
      last = now;
      write(line);
    },
    clear() {
      if (shown !== '') write('');
    },
  };
}

/**
 * Asks for the database's name before a protected environment is changed, and first makes sure that it may be changed
 * from this branch and work tree. Throws when the answer is another one, or
 * when nobody is there to ask: in CI, and under `nx run-many`, where a question would be invisible.
 */
export async function confirmTarget(target: Target, confirm: string | undefined): Promise<void> {
  await checkSource(target);
  if (!target.environment.protected) return;
  const name = target.database.databaseName ?? target.database.binding;
  if (confirm !== undefined) {
    if (confirm === name) return;
    throw refused(target, `--confirm=${confirm} is not the name of this database.`, name);
  }
  if (!isInteractive()) throw refused(target, 'Nobody is there to confirm the change.', name);
  const answer = await ask(`\nType the name of the database (${visible(name)}) to go on: `);
  if (answer.trim() !== name) throw refused(target, 'The name was not confirmed.', name);
}

const isInteractive = (): boolean =>
  isWatched() && process.stdin.isTTY && process.stdout.isTTY && (process.env['CI'] ?? 'false') === 'false';

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

function refused({ environment }: Target, reason: string, name: string): D1Error {
  return new D1Error({
    code: 'not-confirmed',
    message: `${environment.name} is protected, and nothing was changed. ${reason}`,
    fix: `Read what would be done, then run again with --confirm=${name}`,
    exitCode: 2,
  });
}

/** Ends the process, and with it the one that runs workerd. */
const end = (): void => process.exit(130);

/** What Ctrl-C or a SIGTERM does now. */
let onSignal: () => void = end;

/** Whether a command listens already: one that runs others ends with them. */
let isListening = false;

/** Ctrl-C, an end from outside, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command so that a signal ends it, in order where the command is `interruptible`. */
async function withSignals<Result>(command: () => Promise<Result>): Promise<Result> {
  if (isListening) return command();
  const listener = () => onSignal();
  isListening = true;
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    return await command();
  } finally {
    for (const signal of SIGNALS) process.off(signal, listener);
    isListening = false;
  }
}

/**
 * Runs work that a signal ends in order: it stops what it started, and still says what is in the database. A second
 * signal ends the process at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const before = onSignal;
  onSignal = () => {
    onSignal = end;
    controller.abort();
  };
  try {
    return await work(controller.signal);
  } finally {
    onSignal = before;
  }
}

/** Runs work that prints, where standard output is for one document: what it prints goes to standard error. */
export async function onStandardError<Result>(work: () => Promise<Result>): Promise<Result> {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  try {
    return await work();
  } finally {
    stdout.write = write;
  }
}

/** Who runs what, for the journal. */
export interface RunIdentity {
  /** One id for everything that this run writes. */
  readonly run: string;
  readonly actor: string | null;
  /** The commit that is checked out; null outside a git repository. */
  readonly commit: string | null;
  readonly pluginVersion: string;
}

/** Finds out when it is first asked: a run that writes nothing need not know. */
export type Identify = () => Promise<RunIdentity>;

export function identifyRun(workspaceRoot: string, pluginVersion: string): Identify {
  let identity: Promise<RunIdentity> | undefined;
  return () => (identity ??= findIdentity(workspaceRoot, pluginVersion));
}

const findIdentity = async (workspaceRoot: string, pluginVersion: string): Promise<RunIdentity> => ({
  run: randomUUID(),
  actor: findActor(),
  commit: await findCommit(workspaceRoot),
  pluginVersion,
});

/** In CI the person behind the run, not the account of the machine. */
function findActor(): string | null {
  const { GITHUB_ACTOR, GITLAB_USER_LOGIN } = process.env;
  if (GITHUB_ACTOR !== undefined) return GITHUB_ACTOR;
  if (GITLAB_USER_LOGIN !== undefined) return GITLAB_USER_LOGIN;
  try {
    return userInfo().username;
  } catch {
    return null; // A container may run under a user id that has no name.
  }
}
