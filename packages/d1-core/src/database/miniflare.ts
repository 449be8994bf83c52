import { request, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { D1Error } from '../errors/index.ts';
import type { Wrangler } from '../wrangler/index.ts';
import { miniflareProcess, type StartedWorker } from './miniflare-process.ts';
import type { WorkerOptions } from './miniflare-program.ts';
import { requireStateFolder } from './state-folder.ts';

export type { WorkerOptions };

export interface RunningWorker extends StartedWorker {
  /** Sends a text, and gives the JSON that comes back. */
  post(path: string, body: string): Promise<unknown>;
}

/**
 * Starts workerd through the Miniflare that the installed wrangler itself uses: the same binary with the same limits
 * as `wrangler … --local`. Wrangler's own `getPlatformProxy` does the same but loads all of wrangler first: 1.9 s
 * against 1.0 s until the first row (wrangler 4.156.0, compile cache warm).
 */
export async function startWorker(wrangler: Wrangler, options: WorkerOptions): Promise<RunningWorker> {
  const { persistTo, databases = {} } = options;
  if (persistTo !== undefined) requireStateFolder(persistTo, Object.values(databases));
  const file = createRequire(wrangler.packageFile).resolve('miniflare');
  const worker = await miniflareProcess(file, wrangler.compileCache).start(options);
  return {
    ...worker,
    async post(path, body) {
      try {
        return JSON.parse(await postText(new URL(path, worker.url), body));
      } catch (cause) {
        throw engineEnded(wrangler, body.length, cause);
      }
    },
  };
}

/**
 * Each call has a connection of its own: workerd closes one that nobody used for some seconds, and a process that is busy hears of
 * it only when it has already sent the next call. It may take as long as it takes, for which `fetch` has not the patience.
 */
async function postText(url: URL, body: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { method: 'POST', agent: false }, resolve).on('error', reject).end(body);
  return text(await promise);
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
