import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { clearTimeout, setTimeout } from 'node:timers';
import { D1Error, explainFileError, explainFileText, isD1Error } from '../errors/index.ts';
import { makeThrowAwayFolder, quickParent } from '../node/index.ts';
import { explainSqlError, isCommitRefused, type Wrangler } from '../wrangler/index.ts';
import type { Row } from './d1.ts';
import { requireStateFolder } from './database-file.ts';
import { miniflareProcess, type StartedWorker } from './miniflare-process.ts';
import type { WorkerOptions } from './miniflare-program.ts';

export type { WorkerOptions };

export interface RunningWorker extends StartedWorker {
  /** Sends a text, and returns the JSON that comes back. */
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

/** workerd, with D1 databases in it. */
export interface Engine {
  /** Runs complete SQL statements on one database as one transaction, and returns the rows of each. */
  batch(binding: string, statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
  /**
   * Runs several transactions one after the other, up to the first that fails, in one call: most of what a small one
   * takes is the way to workerd and back.
   */
  transactions(binding: string, transactions: readonly (readonly string[])[]): Promise<TransactionResults>;
  dispose(): Promise<void>;
}

/** What came of several transactions. */
export interface TransactionResults {
  /** Of each that was committed, the rows of its statements. */
  readonly committed: readonly (readonly (readonly Row[])[])[];
  /** Of the one after them; undefined when all were. */
  readonly error: D1Error | undefined;
}

export interface EngineOptions {
  readonly wrangler: Wrangler;
  /** Database id by binding. The id decides which local file it is. */
  readonly databases: Readonly<Record<string, string>>;
  /** The folder that wrangler's `--persist-to` names. Without it the databases live in a temporary place. */
  readonly persistTo?: string | undefined;
  /** Milliseconds for one call; without it, a call may take as long as it needs. */
  readonly timeout?: number | undefined;
}

/**
 * Answers `POST /<secret>/<binding>` with the rows of each statement of a JSON array of transactions, each run as one
 * batch. The secret keeps other users of the machine away from the data.
 */
const workerScript = (secret: string) => `
  export default {
    async fetch(request, env) {
      const [, secret, binding] = new URL(request.url).pathname.split("/");
      if (secret !== "${secret}") return new Response(null, { status: 404 });
      const committed = [];
      try {
        for (const statements of await request.json()) {
          const results = await env[binding].batch(statements.map((sql) => env[binding].prepare(sql)));
          committed.push(results.map(({ results }) => results));
        }
        return Response.json({ committed });
      } catch (error) {
        return Response.json({ committed, error: error.message });
      }
    },
  };
`;

/** Starts workerd. Costs about half a second, and as much again to load Miniflare the first time. */
export async function startEngine({
  wrangler,
  databases,
  persistTo,
  timeout,
}: EngineOptions): Promise<Engine> {
  const secret = randomUUID();
  const folder = persistTo === undefined ? makeThrowAwayFolder(quickParent()) : undefined;
  const place = persistTo ?? folder?.path ?? '';
  const start = () => startWorker(wrangler, { script: workerScript(secret), databases, persistTo: place });
  const starting = wrangler.can.takeManyStatements ? start() : startRenewedWorker(start);
  const worker = await starting.catch((error: unknown) => {
    folder?.remove();
    throw error;
  });
  const run: Engine['transactions'] = async (binding, transactions) => {
    // D1 refuses an empty batch.
    const body = JSON.stringify(transactions.map((one) => (one.length === 0 ? ['SELECT 1'] : one)));
    const answer = worker.post(`/${secret}/${binding}`, body);
    return readAnswer(await (timeout === undefined ? answer : within(timeout, answer, worker)), place);
  };
  return {
    async batch(binding, statements) {
      if (statements.length === 0) return [];
      const { committed, error } = await run(binding, [statements]);
      if (error !== undefined) throw error;
      return committed[0] ?? [];
    },
    transactions: run,
    async dispose() {
      await worker.dispose();
      folder?.remove();
    },
  };
}

/** Ends the engine when an answer takes longer than `timeout` milliseconds: nothing else stops a statement. */
async function within(
  timeout: number,
  answer: Promise<unknown>,
  engine: Pick<RunningWorker, 'dispose'>,
): Promise<unknown> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(timedOut(timeout)), timeout);
  try {
    return await Promise.race([answer, late.promise]);
  } catch (error) {
    if (isD1Error(error) && error.code === 'engine-timeout') {
      answer.catch(() => undefined); // The end of the engine ends it too.
      await engine.dispose();
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const timedOut = (timeout: number): D1Error =>
  new D1Error({
    code: 'engine-timeout',
    message: `The local database did not answer within ${timeout / 1000} seconds, and its engine was stopped.`,
    fix: 'Split the SQL into smaller steps, or allow more seconds with --timeout.',
    notes: ['What was in that transaction is not in the database.'],
  });

function readAnswer(answer: unknown, place: string): TransactionResults {
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'committed' in answer &&
    Array.isArray(answer.committed)
  ) {
    const error = 'error' in answer ? explain(String(answer.error), place) : undefined;
    return { committed: answer.committed, error };
  }
  throw new D1Error({
    code: 'engine-answer',
    message: 'workerd gave an answer that is not one of ours.',
    fix: 'Run the command again; if it stays, report it with the version of wrangler.',
  });
}

/** What the disk is to blame for is no fault of the SQL; and where it is full, a commit is sometimes refused without a reason. */
function explain(text: string, place: string): D1Error {
  const isOfFile = /: SQLITE_(FULL|READONLY|CANTOPEN|IOERR)\w*$/.test(text);
  const said = isOfFile ? explainFileText(text, { file: place }) : undefined;
  if (said !== undefined) return said;
  const error = explainSqlError(text);
  return (isCommitRefused(error) ? noRoom(place) : undefined) ?? error;
}

/** Why nothing more can be written into a folder; undefined when it can. */
function noRoom(place: string): D1Error | undefined {
  const file = join(place, `room-${process.pid}`);
  try {
    writeFileSync(file, Buffer.alloc(64 * 1024));
    return undefined;
  } catch (error) {
    return explainFileError(error, { file: place });
  } finally {
    rmSync(file, { force: true });
  }
}

/** Characters of SQL after which a new workerd is started: old ones keep statements until they die of it. */
const BUDGET = 800_000;

/**
 * A Worker that is restarted, on the same folder, before it has been sent more than an old workerd can take. Calls wait for
 * each other.
 */
async function startRenewedWorker(
  start: () => Promise<RunningWorker>,
): Promise<Pick<RunningWorker, 'post' | 'dispose'>> {
  let worker = await start();
  let sent = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function post(path: string, body: string): Promise<unknown> {
    if (sent > 0 && sent + body.length > BUDGET) {
      await worker.dispose();
      worker = await start();
      sent = 0;
    }
    sent += body.length;
    return worker.post(path, body);
  }
  return {
    post(path, body) {
      const answer = last.then(() => post(path, body));
      last = answer.catch(() => undefined);
      return answer;
    },
    async dispose() {
      await worker.dispose(); // Ends a call that runs; the next one may have started another worker.
      await last;
      await worker.dispose();
    },
  };
}
