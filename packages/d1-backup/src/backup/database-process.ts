import { fork } from 'node:child_process';
import { entrance } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { fileBeside } from 'd1-core/node';
import type {
  DatabaseMessage,
  DatabaseTask,
  DumpToProve,
  ProvedDump,
  SystemFailure,
} from './database-task.ts';
import type { DatabaseReading, ReadDatabaseRequest } from './read-database.ts';

/** A process that reads a database, and proves what it has read. */
export interface DatabaseProcess {
  /** As `readDatabase`. */
  read(request: ReadDatabaseRequest): Promise<DatabaseReading>;
  /** As `proveDump`. */
  prove(dump: DumpToProve): Promise<ProvedDump>;
  end(): void;
}

const PROGRAM = fileBeside(import.meta.url, './database-program');

/**
 * Mebibytes for new objects, of which V8 has two such places. As large as it likes, they take 100 MB while a database is read,
 * and save no time. https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 */
const FLAGS = ['--max-semi-space-size=4'];

/**
 * Starts a process for the rows of a database, whose memory stays small: nothing but the start of a process decides how V8 uses
 * it. The process ends with this one, and when `signal` says so.
 */
export function startDatabaseProcess(signal?: AbortSignal): DatabaseProcess {
  const child = fork(PROGRAM, [], {
    env: process.env,
    execArgv: FLAGS,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stop = () => void child.kill();
  signal?.addEventListener('abort', stop);

  async function run<Result>(
    task: DatabaseTask['work'],
    resultOf: (message: DatabaseMessage) => Result | undefined,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const onMessage = (message: DatabaseMessage) => {
      const result = resultOf(message);
      if (result !== undefined) resolve(result);
      if ('error' in message) reject(new D1Error(message.error));
      if ('failure' in message) reject(failureOf(message.failure));
    };
    const onExit = (code: number | null, killedBy: string | null) =>
      reject(signal?.aborted === true ? signal.reason : ended(killedBy ?? `exit code ${code}`));
    child.on('message', onMessage).on('exit', onExit).on('error', reject);
    try {
      child.send({ work: task, entrance: entrance() } satisfies DatabaseTask);
      return await promise;
    } finally {
      child.off('message', onMessage).off('exit', onExit).off('error', reject);
    }
  }

  return {
    read: ({ onRows, ...read }) =>
      run({ read }, (message) => {
        if ('rows' in message) onRows?.(message.rows);
        return 'reading' in message ? message.reading : undefined;
      }),
    prove: (dump) => run({ prove: dump }, (message) => ('proved' in message ? message.proved : undefined)),
    end() {
      signal?.removeEventListener('abort', stop);
      if (child.connected) child.disconnect();
    },
  };
}

function failureOf({ message, stack, facts }: SystemFailure): Error {
  const error = Object.assign(new Error(message), facts);
  if (stack !== undefined) error.stack = stack;
  return error;
}

const ended = (how: string): D1Error =>
  new D1Error({
    code: 'process-ended',
    message: `The process that read the database ended (${how}); somebody has stopped it, or the machine had no memory left.`,
    fix: 'Run it again.',
  });
