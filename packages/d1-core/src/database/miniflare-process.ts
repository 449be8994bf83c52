import { fork, type ChildProcess } from 'node:child_process';
import { clearTimeout, setTimeout } from 'node:timers';
import { D1Error, explainFileText } from '../errors/index.ts';
import { fileBeside, makeThrowAwayFolder } from '../node/index.ts';
import type { Answer, Request, WorkerOptions } from './miniflare-program.ts';

/** A process in which Miniflare runs Workers. It ends by itself when the process that started it ends. */
export interface MiniflareProcess {
  /**
   * Starts a Worker; its address is on the loopback. Throws D1Error `wrangler-unsupported` and `engine-not-started`, the latter
   * also when there is no answer within `limit` milliseconds.
   */
  start(options: WorkerOptions, limit?: number): Promise<StartedWorker>;
}

export interface StartedWorker {
  readonly url: URL;
  /** Ends it. It may be done twice, and when its process has ended. */
  dispose(): Promise<void>;
}

const PROGRAM = fileBeside(import.meta.url, './miniflare-program');

/**
 * Milliseconds that a process waits for more work, as while wrangler runs: to load Miniflare once more takes a quarter of
 * a second.
 */
const PATIENCE = 10_000;

/** Milliseconds for an answer: a process that gives none by then never will. */
const LIMIT = 60_000;

/** Milliseconds in which this process, when it was itself busy for the whole time, hears an answer that has come. */
const HEARING = 1_000;

/** In a group of its own, a process can be ended together with the workerd that it started. Windows has no such groups. */
const HAS_GROUPS = process.platform !== 'win32';

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

/** What ends the wait for an answer: the answer, or the reason why there will be none. */
type Heard = Answer | { readonly ended: string };

function startProcess(file: string, compileCache: string, onEnd: () => void): MiniflareProcess {
  // Miniflare makes folders for temporary files that it does not remove when it is killed.
  const folder = makeThrowAwayFolder();
  const temporary = { TMPDIR: folder.path, TEMP: folder.path, TMP: folder.path };
  const child = fork(PROGRAM, [file], {
    env: { ...process.env, ...temporary, NODE_COMPILE_CACHE: compileCache },
    execArgv: [],
    detached: HAS_GROUPS,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pending = new Map<number, (heard: Heard) => void>();
  let ended: string | undefined;
  let workers = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;

  const hear = (worker: number, heard: Heard) => {
    pending.get(worker)?.(heard);
    pending.delete(worker);
  };
  const end = (reason: string) => {
    ended ??= reason;
    onEnd();
    kill(child);
    for (const worker of pending.keys()) hear(worker, { ended });
  };
  child.on('message', (answer: Answer) => hear(answer.worker, answer));
  child.on('error', ({ message }) => end(message));
  child.on('exit', () => folder.remove());
  child.on('exit', (code, signal) => end(`its process ended (${signal ?? `exit code ${code}`})`));

  async function ask(request: Request, limit: number): Promise<Heard> {
    if (ended !== undefined) return { ended };
    const heard = new Promise<Heard>((resolve) => pending.set(request.worker, resolve));
    child.send(request, (error) => error !== null && end(error.message));
    const giveUp = () => end(`it gave no answer for ${Math.round(limit / 1000)} seconds`);
    let wait = setTimeout(() => (wait = setTimeout(giveUp, HEARING)), limit);
    return heard.finally(() => clearTimeout(wait));
  }
  // One at work would make folders again that are removed when this process exits.
  const killAtExit = () => {
    if (ended === undefined) kill(child);
  };
  const take = () => {
    if (workers++ === 0) process.prependListener('exit', killAtExit);
    clearTimeout(timer);
    hold(child, true);
  };
  const release = () => {
    workers--;
    if (workers > 0) return;
    process.off('exit', killAtExit);
    hold(child, false);
    timer = setTimeout(() => {
      onEnd();
      if (child.connected) child.disconnect();
    }, PATIENCE).unref();
  };

  return {
    async start(options, limit = LIMIT) {
      const worker = ++last;
      take();
      try {
        const url = urlOf(await ask({ worker, start: options }, limit), file);
        let disposed: Promise<void> | undefined;
        const dispose = () => ask({ worker, dispose: true }, limit).then(release);
        return { url, dispose: () => (disposed ??= dispose()) };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** Ends a process at once, with the workerd that it may have left. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return; // It was never started.
  try {
    process.kill(HAS_GROUPS ? -pid : pid, 'SIGKILL');
  } catch {
    // There is none any more.
  }
}

/** Whether this process stays for what the other one says. */
function hold(child: ChildProcess, isHeld: boolean): void {
  const change = isHeld ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}

function urlOf(answer: Heard, file: string): URL {
  if ('ended' in answer) throw notStarted(file, answer.ended);
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
  explainFileText(reason) ??
  new D1Error({
    code: 'engine-not-started',
    message: `workerd, the engine of wrangler, could not be started: ${reason}.`,
    fix: 'Run the command again; if it stays, "npm ci" reinstalls the engine.',
    location: { file },
  });
