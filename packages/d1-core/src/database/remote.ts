import { dirname } from 'node:path';
import { databaseApi, readResults, type DatabaseApi, type RemoteDatabase } from '../cloudflare/index.ts';
import { D1Error } from '../errors/index.ts';
import { explainFailure, readJson, runWrangler, targetArguments } from '../wrangler/index.ts';
import type { D1, Row } from './d1.ts';

/** Linux passes at most 128 KiB in one argument, Windows 32 KiB in all of them together. */
const MAX_COMMAND_BYTES = process.platform === 'win32' ? 30_000 : 120_000;

const commandOf = (statements: readonly string[]): string => statements.join(';\n');

/** Whether statements can go to wrangler in one call. */
export const fitsOnCommandLine = (statements: readonly string[]): boolean =>
  Buffer.byteLength(commandOf(statements)) <= MAX_COMMAND_BYTES;

/**
 * A database at Cloudflare. Each batch is one request; where only wrangler reaches Cloudflare, it is a run of
 * `wrangler d1 execute`, which makes that request.
 */
export function openRemoteD1(database: RemoteDatabase): D1 {
  let connected: Promise<DatabaseApi | undefined> | undefined;
  return {
    location: 'remote',
    async batch(statements) {
      if (statements.length === 0) return [];
      connected ??= databaseApi(database);
      const api = await connected;
      if (api === undefined) return executeCommand(database, statements);
      const rows = await api.query(commandOf(statements));
      if (rows.length !== statements.length) throw miscounted(statements.length, rows.length);
      return rows;
    },
    async close() {
      // Nothing is held between calls.
    },
  };
}

async function executeCommand(
  { wrangler, target, timeout }: RemoteDatabase,
  statements: readonly string[],
): Promise<readonly (readonly Row[])[]> {
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
}

function miscounted(sent: number, answered: number): D1Error {
  return new D1Error({
    code: 'cloudflare-failed',
    message: `Cloudflare answered ${answered} of ${sent} statements.`,
    fix: 'Look at the status before running again: the database may have done the work.',
  });
}

function tooLong(command: string): D1Error {
  return new D1Error({
    code: 'command-too-long',
    message: `The SQL for one call has ${Buffer.byteLength(command)} bytes; ${MAX_COMMAND_BYTES} fit on a command line here.`,
    fix: 'Split it into smaller calls, or set CLOUDFLARE_API_TOKEN: without wrangler there is no such limit.',
  });
}
