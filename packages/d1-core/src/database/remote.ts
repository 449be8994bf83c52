import { dirname } from 'node:path';
import { D1Error } from '../errors/index.ts';
import {
  explainFailure,
  readJson,
  runWrangler,
  targetArguments,
  type Wrangler,
  type WranglerTarget,
} from '../wrangler/index.ts';
import type { D1, Row } from './d1.ts';

/** Linux passes at most 128 KiB in one argument, Windows 32 KiB in all of them together. */
const MAX_COMMAND_BYTES = process.platform === 'win32' ? 30_000 : 120_000;

const commandOf = (statements: readonly string[]): string => statements.join(';\n');

/** Whether statements can go to wrangler in one call. */
export const fitsOnCommandLine = (statements: readonly string[]): boolean =>
  Buffer.byteLength(commandOf(statements)) <= MAX_COMMAND_BYTES;

export interface RemoteDatabase {
  readonly wrangler: Wrangler;
  readonly target: WranglerTarget;
  /** Milliseconds for one call; wrangler's own default is none. */
  readonly timeout?: number | undefined;
}

/** A database at Cloudflare, asked through `wrangler d1 execute`. Each batch is one process and one request. */
export function openRemoteD1({ wrangler, target, timeout }: RemoteDatabase): D1 {
  return {
    location: 'remote',
    async batch(statements) {
      if (statements.length === 0) return [];
      const command = commandOf(statements);
      if (!fitsOnCommandLine(statements)) throw tooLong(command);
      const result = await runWrangler(wrangler, {
        args: ['d1', 'execute', ...targetArguments(target), '--json', `--command=${command}`],
        cwd: dirname(target.configFile),
        timeout,
      });
      const rows = readResults(readJson(result.stdout));
      if (rows?.length !== statements.length) throw explainFailure(result);
      return rows;
    },
    async close() {
      // Nothing is held between calls.
    },
  };
}

/** The rows of each statement of `execute --json`, or undefined when that is not what it is. */
function readResults(answer: unknown): readonly (readonly Row[])[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const rows = answer.map((item: unknown) =>
    typeof item === 'object' &&
    item !== null &&
    'success' in item &&
    item.success === true &&
    'results' in item
      ? item.results
      : undefined,
  );
  return rows.every((item) => Array.isArray(item)) ? rows : undefined;
}

function tooLong(command: string): D1Error {
  return new D1Error({
    code: 'command-too-long',
    message: `The SQL for one call has ${Buffer.byteLength(command)} bytes; ${MAX_COMMAND_BYTES} fit on a command line here.`,
    fix: 'Split it into smaller calls.',
  });
}
