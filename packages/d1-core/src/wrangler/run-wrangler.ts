import { readdir, readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { D1Error } from '../errors/index.ts';
import { makeThrowAwayFolder } from '../node/index.ts';
import type { Wrangler } from './find-wrangler.ts';

export interface WranglerRun {
  /** The arguments, as an array: no shell ever sees them. */
  readonly args: readonly string[];
  /** The folder of the wrangler config. */
  readonly cwd: string;
  /** After this many milliseconds wrangler and everything it started is killed. */
  readonly timeout?: number | undefined;
  /** Variables for this run only, such as another token. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Ends the run early: wrangler and everything it started is killed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * How a run ended. `exited: 0` does not mean that it did its work: wrangler's outer process ends with 0 when its inner
 * one is killed. Only the database tells.
 */
export interface WranglerResult {
  readonly command: string;
  readonly exitCode: number | undefined;
  /** The signal that ended the outer process. */
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** Whether the signal of the run has ended it. */
  readonly interrupted: boolean;
  /** As wrangler wrote it: the rows of a database may be in it, to the last character. */
  readonly stdout: string;
  /** Without escape sequences. Not masked, as nothing here: a message made of it is, as every `D1Error`. */
  readonly stderr: string;
  /** The last part of wrangler's debug log; only read when the run failed. */
  readonly log: string;
  readonly durationMs: number;
}

/**
 * Lets wrangler end when the process that started it does, which can be killed without a word: what it would still apply, nobody would
 * see. Wrangler hands it on to the second Node that it starts.
 */
export const endsWith = (pid: number): string =>
  `--import=data:text/javascript,${encodeURIComponent(`
  import { setInterval } from 'node:timers';
  const parent = process.ppid;
  // Who is an orphan from the start was too slow to see its parent die, whose number may be another process's by now.
  const isOrphan = parent === 1 && ${pid} !== 1;
  let patience = 20;
  setInterval(() => {
    try {
      process.kill(${pid}, 0);
      if (process.ppid === parent && !isOrphan) return;
    } catch {}
    process.kill(process.pid, patience-- > 0 ? 'SIGTERM' : 'SIGKILL');
  }, 250).unref();
`)}`;

const DEFAULT_TIMEOUT = 10 * 60 * 1000;

/** Wrangler's debug log can be long; its end says why it failed. */
const LOG_TAIL = 16 * 1024;

/** Starts the wrangler CLI and waits for it. Never throws for a failed run: the result tells. */
export async function runWrangler(wrangler: Wrangler, run: WranglerRun): Promise<WranglerResult> {
  // Its hundred files are loaded only by a command that needs wrangler.
  const { execa } = await import('execa');
  const logFolder = makeThrowAwayFolder();
  try {
    const child = await execa(process.execPath, [endsWith(process.pid), wrangler.bin, ...run.args], {
      cwd: run.cwd,
      env: { ...fixedEnvironment(wrangler, logFolder.path), ...run.env },
      stdin: 'ignore',
      reject: false,
      timeout: run.timeout ?? DEFAULT_TIMEOUT,
      ...(run.signal === undefined ? {} : { cancelSignal: run.signal }),
      // Wrangler starts a second Node, which starts workerd: all of them must end.
      killDescendants: true,
      stripFinalNewline: false,
    });
    const failed = child.failed;
    return {
      command: `wrangler ${run.args.join(' ')}`,
      exitCode: child.exitCode,
      signal: child.signal,
      timedOut: child.timedOut,
      interrupted: child.isCanceled,
      stdout: String(child.stdout ?? ''),
      stderr: stripVTControlCharacters(String(child.stderr ?? '')),
      log: failed ? stripVTControlCharacters(await readLog(logFolder.path)) : '',
      durationMs: child.durationMs,
    };
  } finally {
    logFolder.remove();
  }
}

/** `CI` makes wrangler non-interactive: we ask the questions, and there is nobody behind its own. */
function fixedEnvironment(wrangler: Wrangler, logFolder: string): Record<string, string> {
  return {
    CI: '1',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    NODE_COMPILE_CACHE: wrangler.compileCache,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_LOG_PATH: logFolder,
    WRANGLER_LOG: 'log',
    ...(wrangler.can.hideBanner ? { WRANGLER_HIDE_BANNER: 'true' } : {}),
  };
}

async function readLog(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.log')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('\n').slice(-LOG_TAIL);
}

/**
 * The JSON document in wrangler's standard output. Blank and progress lines may stand before it, so it begins at the
 * first line that starts with a bracket. Undefined when there is none.
 */
export function readJson(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m);
  if (start === -1) return undefined;
  try {
    return JSON.parse(stdout.slice(start));
  } catch {
    return undefined; // Cut off, or log text that looks like JSON: the caller reports the whole output.
  }
}

/** Which database a wrangler command is for. */
export interface WranglerTarget {
  /** The wrangler config file. */
  readonly configFile: string;
  /** The name of the wrangler environment; empty for the top level. */
  readonly wranglerEnv: string;
  readonly location: 'local' | 'remote';
  /** The binding, never the database's name: wrangler looks names up in the whole account. */
  readonly binding: string;
  /** The id in the config; without it wrangler looks the database up by its name. */
  readonly databaseId?: string | undefined;
  /** The account in the config. */
  readonly accountId?: string | undefined;
  /** Where a local database lives, if not beside the config. */
  readonly persistTo?: string | undefined;
}

/**
 * The arguments that say which database is meant. All are always given: without `--local` or `--remote` wrangler
 * chooses by itself, and what it chooses has changed between versions.
 */
export function targetArguments(target: WranglerTarget): readonly string[] {
  return [
    target.binding,
    `--${target.location}`,
    `--env=${target.wranglerEnv}`,
    `--config=${target.configFile}`,
    ...(target.location === 'local' && target.persistTo !== undefined
      ? [`--persist-to=${target.persistTo}`]
      : []),
  ];
}

/**
 * Loads the function with which wrangler cuts a file into statements before it runs them locally. It differs from
 * SQLite's own rules and from version to version; use it only to do exactly what wrangler would do.
 */
export async function loadSplitter(wrangler: Wrangler): Promise<(sql: string) => string[]> {
  enableCompileCache?.(wrangler.compileCache);
  const loaded: unknown = await import(pathToFileURL(wrangler.entry).href);
  if (hasSplitter(loaded)) return (sql) => loaded.unstable_splitSqlQuery(sql);
  throw new D1Error({
    code: 'wrangler-unsupported',
    message: `wrangler ${wrangler.version} does not export the function that splits SQL.`,
    fix: 'Update the D1 plugins, or install another version of wrangler.',
    location: { file: wrangler.entry },
    exitCode: 2,
  });
}

const hasSplitter = (loaded: unknown): loaded is { unstable_splitSqlQuery(sql: string): string[] } =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'unstable_splitSqlQuery' in loaded &&
  typeof loaded.unstable_splitSqlQuery === 'function';
