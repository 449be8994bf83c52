import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { D1Error } from '../errors/index.ts';
import type { Wrangler } from '../wrangler/index.ts';

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

export interface RunningWorker {
  /** On the loopback, on a free port. */
  readonly url: URL;
  /** Sends a text, and gives the JSON that comes back. */
  post(path: string, body: string): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Old enough for the workerd of every supported wrangler. */
const COMPATIBILITY_DATE = '2025-08-01';

interface MiniflareModule {
  readonly Miniflare: new (options: object) => { readonly ready: Promise<URL>; dispose(): Promise<void> };
  /** Miniflare 5 has another shape of options, and this function to make it from the one of version 4. */
  readonly convertV4MiniflareOptions?: (options: object) => object;
}

/**
 * Starts workerd through the Miniflare that the installed wrangler itself uses: the same binary with the same limits
 * as `wrangler … --local`. Wrangler's own `getPlatformProxy` does the same but loads all of wrangler first: 1.9 s
 * against 1.0 s until the first row (wrangler 4.156.0, compile cache warm).
 */
export async function startWorker(wrangler: Wrangler, options: WorkerOptions): Promise<RunningWorker> {
  const { Miniflare, convertV4MiniflareOptions } = await loadMiniflare(wrangler);
  const miniflare = keepSignalListeners(
    () =>
      new Miniflare(
        convertV4MiniflareOptions === undefined
          ? miniflare4Options(options)
          : miniflare5Options(options, convertV4MiniflareOptions),
      ),
  );
  const url = await miniflare.ready;
  return {
    url,
    async post(path, body) {
      try {
        const response = await fetch(new URL(path, url), { method: 'POST', body });
        return await response.json();
      } catch (cause) {
        throw engineEnded(wrangler, body.length, cause);
      }
    },
    dispose: () => miniflare.dispose(),
  };
}

const engineEnded = ({ version, can }: Wrangler, characters: number, cause: unknown): D1Error =>
  new D1Error({
    code: 'engine-ended',
    message: `workerd, the engine of wrangler ${version}, ended while it ran ${characters} characters of SQL.`,
    fix: can.takeManyStatements
      ? 'Run the command again; if it stays, report it with the version of wrangler.'
      : 'Run "npm install --save-dev wrangler@latest": before 4.73 it ends at about a megabyte of SQL in one transaction.',
    notes: ['What was in that transaction is not in the database.'],
    cause,
  });

/**
 * Takes away the listeners that Miniflare adds for signals: they would end the process before it could say what is in
 * the database. Its listener for the exit of the process stays, and ends workerd.
 */
function keepSignalListeners<Result>(start: () => Result): Result {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const result = start();
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.includes(listener) !== true) process.off(signal, listener);
    }
  }
  return result;
}

const NETWORK = { cf: false, host: '127.0.0.1', port: 0 };

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

async function loadMiniflare(wrangler: Wrangler): Promise<MiniflareModule> {
  enableCompileCache?.(wrangler.compileCache);
  const file = createRequire(wrangler.packageFile).resolve('miniflare');
  const loaded: unknown = await import(pathToFileURL(file).href);
  if (isMiniflare(loaded)) return loaded;
  throw new D1Error({
    code: 'wrangler-unsupported',
    message: `wrangler ${wrangler.version} has no Miniflare that this version of the plugins knows.`,
    fix: 'Update the D1 plugins, or install an older wrangler.',
    location: { file },
    exitCode: 2,
  });
}

const isMiniflare = (loaded: unknown): loaded is MiniflareModule =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'Miniflare' in loaded &&
  typeof loaded.Miniflare === 'function';
