import { fork, type ChildProcess } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { D1Error } from '../errors/index.ts';
import { fileBeside } from '../node/index.ts';
import type { Answer, Request, WorkerOptions } from './miniflare-program.ts';

/** A process in which Miniflare runs Workers. It ends by itself when the process that started it ends. */
export interface MiniflareProcess {
  /** Gives the address of the Worker, on the loopback. Throws D1Error `wrangler-unsupported` and `engine-not-started`. */
  start(options: WorkerOptions): Promise<StartedWorker>;
}

export interface StartedWorker {
  readonly url: URL;
  dispose(): Promise<void>;
}

const PROGRAM = fileBeside(import.meta.url, './miniflare-program');

/**
 * Milliseconds that a process waits for more work, as while wrangler runs: to load Miniflare once more takes a quarter of
 * a second.
 */
const PATIENCE = 10_000;

const processes = new Map<string, MiniflareProcess>();

/** The process of a Miniflare, started when there is none. `compileCache` is where Node keeps compiled code. */
export function miniflareProcess(file: string, compileCache: string): MiniflareProcess {
  const running = processes.get(file);
  if (running !== undefined) return running;
  const started: MiniflareProcess = startProcess(file, compileCache, () => {
    if (processes.get(file) === started) processes.delete(file);
  });
  processes.set(file, started);
  return started;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: D1Error): void;
}

function startProcess(file: string, compileCache: string, onEnd: () => void): MiniflareProcess {
  const child = fork(PROGRAM, [file], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pending = new Map<number, Pending>();
  let workers = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;

  const end = (reason: string) => {
    onEnd();
    for (const { reject } of pending.values()) reject(notStarted(file, reason));
    pending.clear();
  };
  child.on('message', (answer: Answer) => {
    pending.get(answer.worker)?.resolve(answer);
    pending.delete(answer.worker);
  });
  child.on('error', ({ message }) => end(message));
  child.on('exit', (code, signal) => end(`its process ended (${signal ?? `exit code ${code}`})`));

  const ask = (request: Request) =>
    new Promise<Answer>((resolve, reject) => {
      pending.set(request.worker, { resolve, reject });
      child.send(request, (error) => error !== null && end(error.message));
    });
  const release = () => {
    workers--;
    if (workers > 0) return;
    hold(child, false);
    timer = setTimeout(() => {
      onEnd();
      if (child.connected) child.disconnect();
    }, PATIENCE).unref();
  };

  const dispose = async (worker: number) => {
    try {
      if (child.connected) await ask({ worker, dispose: true });
    } finally {
      release();
    }
  };

  return {
    async start(options) {
      const worker = ++last;
      workers++;
      clearTimeout(timer);
      hold(child, true);
      try {
        const url = urlOf(await ask({ worker, start: options }), file);
        let disposed: Promise<void> | undefined;
        return { url, dispose: () => (disposed ??= dispose(worker)) };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** Whether this process stays for what the other one says. */
function hold(child: ChildProcess, isHeld: boolean): void {
  const change = isHeld ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}

function urlOf(answer: Answer, file: string): URL {
  if ('url' in answer && answer.url !== undefined) return new URL(answer.url);
  if ('unknownMiniflare' in answer && answer.unknownMiniflare === true) {
    throw new D1Error({
      code: 'wrangler-unsupported',
      message: 'The installed wrangler has no Miniflare that this version of the plugins knows.',
      fix: 'Update the D1 plugins, or install an older wrangler.',
      location: { file },
      exitCode: 2,
    });
  }
  throw notStarted(file, 'error' in answer ? answer.error : 'it gave no address');
}

const notStarted = (file: string, reason: string): D1Error =>
  new D1Error({
    code: 'engine-not-started',
    message: `workerd, the engine of wrangler, could not be started: ${reason}.`,
    fix: 'Run the command again; if it stays, "npm ci" installs the engine anew.',
    location: { file },
  });
