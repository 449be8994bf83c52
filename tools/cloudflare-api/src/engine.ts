import { startWorker, type RunningWorker } from 'd1-core/database';
import { findWrangler } from 'd1-core/wrangler';
import { createQueue } from './queue.ts';
import { workerScript } from './worker.ts';

/** workerd, with databases and buckets that may come and go. Its jobs run one after the other. */
export interface Engine {
  /** Runs a job with workerd running; nothing else runs meanwhile. */
  work<Result>(job: (call: Call) => Promise<Result>): Promise<Result>;
  /** Runs a job with workerd stopped, so that database files can be replaced. It starts again with the next work. */
  stopped<Result>(job: () => Promise<Result>): Promise<Result>;
  /** Ends workerd. */
  close(): Promise<void>;
}

/** Sends a request to the Worker. `path` begins with a slash. */
export type Call = (path: string, init?: RequestInit) => Promise<Response>;

export interface EngineResources {
  /** Database ids. */
  readonly databases: readonly string[];
  /** Bucket ids. */
  readonly buckets: readonly string[];
}

export interface EngineOptions {
  readonly persistTo: string;
  /** What there is now. workerd restarts when that is more or less than it was started with. */
  readonly resources: () => EngineResources;
}

export function createEngine({ persistTo, resources }: EngineOptions): Engine {
  const queue = createQueue();
  let running: { readonly worker: RunningWorker; readonly resources: string } | undefined;

  const stop = async () => {
    const stopping = running;
    running = undefined;
    await stopping?.worker.dispose();
  };

  const start = async (): Promise<RunningWorker> => {
    const wanted = resources();
    const key = JSON.stringify(wanted);
    if (running?.resources === key) return running.worker;
    await stop();
    // The engine is always the wrangler of this workspace, whichever version is under test as a client.
    const worker = await startWorker(findWrangler(import.meta.dirname, 'wrangler'), {
      script: workerScript,
      databases: bindingsOf(wanted.databases),
      buckets: bindingsOf(wanted.buckets),
      persistTo,
    });
    running = { worker, resources: key };
    return worker;
  };

  return {
    work: (job) =>
      queue(async () => {
        const { url } = await start();
        return job((path, init) => fetch(new URL(path, url), init));
      }),
    stopped: (job) =>
      queue(async () => {
        await stop();
        return job();
      }),
    close: () => queue(stop),
  };
}

const bindingsOf = (ids: readonly string[]): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, id]));
