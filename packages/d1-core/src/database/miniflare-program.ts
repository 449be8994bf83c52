// The program of a process of its own: it runs Workers with the Miniflare of a file, as the process that started it says.
// Miniflare takes 130 MB, which the process with the data is spared, and is loaded on another core meanwhile.
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers';
import { pathToFileURL } from 'node:url';

/** A Worker to run in workerd, with the databases and buckets that it is given. */
export interface WorkerOptions {
  /** The source of an ES module Worker. */
  readonly script: string;
  /** Database id by binding. The id decides which local file it is. */
  readonly databases?: Readonly<Record<string, string>> | undefined;
  /** Bucket name by binding. */
  readonly buckets?: Readonly<Record<string, string>> | undefined;
  /** The folder that wrangler's `--persist-to` names. Without it all is kept in a temporary place. */
  readonly persistTo?: string | undefined;
}

/** What the program is asked to do; `worker` is a number that the asking process gives a Worker. */
export type Request =
  | { readonly worker: number; readonly start: WorkerOptions }
  | { readonly worker: number; readonly dispose: true };

/** What came of a request. `unknownMiniflare`: it has not the interface that this program knows. */
export type Answer =
  | { readonly worker: number; readonly url?: string }
  | { readonly worker: number; readonly error: string; readonly unknownMiniflare?: boolean };

interface MiniflareModule {
  readonly Miniflare: new (options: object) => Miniflare;
  /** Miniflare 5 has another shape of options, and this function to make it from the one of version 4. */
  readonly convertV4MiniflareOptions?: (options: object) => object;
}

interface Miniflare {
  readonly ready: Promise<URL>;
  dispose(): Promise<void>;
}

/** Old enough for the workerd of every supported wrangler. */
const COMPATIBILITY_DATE = '2025-08-01';

/** Milliseconds for an end in order. */
const GRACE = 5_000;

const NETWORK = { cf: false, host: '127.0.0.1', port: 0 };

const [, , file = ''] = process.argv;
const loading: Promise<unknown> = import(pathToFileURL(file).href);
// The first request is told.
loading.catch(() => undefined);
const workers = new Map<number, Miniflare>();

process.on('message', (request: Request) => {
  void answer(request)
    .catch((error: unknown): Answer => ({ worker: request.worker, error: messageOf(error) }))
    .then((message) => process.connected && process.send?.(message));
});
process.on('disconnect', end);
listenToSignals();
// The other process may have ended before this one could hear it.
if (!process.connected) end();

/** When the other process has ended, in whatever way, so does this one, with its Workers. */
function end(): void {
  setTimeout(kill, GRACE);
  void Promise.all([...workers.values()].map(dispose)).then(kill);
}

/** One that has not started may not be able to. */
async function dispose(miniflare: Miniflare): Promise<void> {
  try {
    await miniflare.dispose();
  } catch {
    // Its process ends with this one.
  }
}

/** Not by `exit`, which waits for work on files that may never end. workerd is in the group that this process leads. */
function kill(): void {
  flushCompileCache();
  process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
}

/**
 * A signal that reaches all processes is for the other one, which decides when this one ends; a SIGTERM for this one alone ends it
 * a little later. Miniflare adds listeners of its own.
 */
function listenToSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal);
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('SIGTERM', () => setTimeout(end, GRACE));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function answer(request: Request): Promise<Answer> {
  const { worker } = request;
  if ('dispose' in request) {
    await workers.get(worker)?.dispose();
    workers.delete(worker);
    return { worker };
  }
  const loaded = await loading;
  if (!isMiniflare(loaded)) return { worker, error: `no Miniflare: ${file}`, unknownMiniflare: true };
  const miniflare = run(loaded, request.start);
  workers.set(worker, miniflare);
  listenToSignals();
  try {
    return { worker, url: (await miniflare.ready).href };
  } catch (error) {
    workers.delete(worker);
    void dispose(miniflare);
    throw error;
  }
}

function run({ Miniflare, convertV4MiniflareOptions }: MiniflareModule, options: WorkerOptions): Miniflare {
  return new Miniflare(
    convertV4MiniflareOptions === undefined
      ? miniflare4Options(options)
      : miniflare5Options(options, convertV4MiniflareOptions),
  );
}

const sharedOptions = ({ script, databases, buckets }: WorkerOptions) => ({
  modules: true,
  script,
  compatibilityDate: COMPATIBILITY_DATE,
  ...(databases === undefined ? {} : { d1Databases: databases }),
  ...(buckets === undefined ? {} : { r2Buckets: buckets }),
});

function miniflare4Options(options: WorkerOptions): object {
  const { persistTo } = options;
  const persistence =
    persistTo === undefined
      ? {}
      : { d1Persist: join(persistTo, 'v3', 'd1'), r2Persist: join(persistTo, 'v3', 'r2') };
  return { ...sharedOptions(options), ...persistence, ...NETWORK, handleRuntimeStdio: discardOutput };
}

function miniflare5Options(options: WorkerOptions, convert: (options: object) => object): object {
  const { persistTo } = options;
  const persistence = persistTo === undefined ? {} : { resourcePersistencePath: join(persistTo, 'v3') };
  return {
    ...convert({ ...sharedOptions(options), ...persistence }),
    ...NETWORK,
    handleStructuredLogs: () => undefined,
  };
}

/** workerd repeats each error on its own output; the Worker's answer already carries it. */
function discardOutput(stdout: Readable, stderr: Readable): void {
  stdout.resume();
  stderr.resume();
}

const isMiniflare = (loaded: unknown): loaded is MiniflareModule =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'Miniflare' in loaded &&
  typeof loaded.Miniflare === 'function';
