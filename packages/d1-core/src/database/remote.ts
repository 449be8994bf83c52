import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  accountDatabases,
  type AccountDatabase,
  databaseApi,
  type DatabaseApi,
  readResults,
  type RemoteDatabase,
} from '../cloudflare/index.ts';
import { D1Error } from '../errors/index.ts';
import { makeThrowAwayFolder } from '../node/index.ts';
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

/**
 * Runs statements whose rows nobody needs, on a remote database, however long they are together. What fits on a command
 * line is one request, and one transaction. What is longer goes through D1's import, which undoes itself by
 * Time Travel when a statement fails: the caller takes a bookmark first, and checks afterwards what is there. Throws what
 * `batch` throws.
 */
export async function executeScript(
  d1: D1,
  remote: RemoteDatabase,
  statements: readonly string[],
): Promise<void> {
  if (fitsOnCommandLine(statements)) {
    await d1.batch(statements);
    return;
  }
  const script = statements.map((sql) => `${sql};\n`).join('');
  const api = await databaseApi(remote);
  if (api === undefined) await executeFile(remote, script);
  else await api.import(script);
}

async function executeFile({ wrangler, target, timeout }: RemoteDatabase, script: string): Promise<void> {
  const folder = makeThrowAwayFolder();
  try {
    const file = join(folder.path, 'script.sql');
    await writeFile(file, script);
    const result = await runWrangler(wrangler, {
      args: ['d1', 'execute', ...targetArguments(target), '--yes', '--json', `--file=${file}`],
      cwd: dirname(target.configFile),
      timeout,
    });
    if (!/"success":\s*true/.test(result.stdout)) throw explainFailure(result);
  } finally {
    folder.remove();
  }
}

/**
 * The Time Travel bookmark of a remote database as it is now: what `wrangler d1 time-travel restore --bookmark` goes
 * back to. D1 keeps 30 days, 7 on the free plan (https://developers.cloudflare.com/d1/reference/time-travel/).
 */
export async function readBookmark(database: RemoteDatabase): Promise<string> {
  const api = await databaseApi(database);
  return api === undefined ? timeTravel(database, 'info') : api.bookmark();
}

/** Takes a remote database back to a bookmark: every write since is lost. Throws what Cloudflare says. */
export async function restoreBookmark(database: RemoteDatabase, bookmark: string): Promise<void> {
  const api = await databaseApi(database);
  if (api === undefined) await timeTravel(database, 'restore', `--bookmark=${bookmark}`);
  else await api.restore(bookmark);
}

/** Both commands of wrangler answer with a bookmark. */
async function timeTravel(
  { wrangler, target, timeout }: RemoteDatabase,
  command: 'info' | 'restore',
  ...options: readonly string[]
): Promise<string> {
  const { binding, wranglerEnv, configFile } = target;
  const result = await runWrangler(wrangler, {
    args: [
      'd1',
      'time-travel',
      command,
      binding,
      ...options,
      `--env=${wranglerEnv}`,
      `--config=${configFile}`,
      '--json',
    ],
    cwd: dirname(configFile),
    timeout,
  });
  const answer = readJson(result.stdout);
  if (
    typeof answer === 'object' &&
    answer !== null &&
    'bookmark' in answer &&
    typeof answer.bookmark === 'string'
  ) {
    return answer.bookmark;
  }
  throw explainFailure(result);
}

/**
 * Writes a remote database as SQL into a file, which is replaced. A download that ends early can look whole: the caller compares what
 * it got. D1 exports no database with virtual tables, and makes other requests wait meanwhile.
 */
export async function exportDatabase(database: RemoteDatabase, file: string): Promise<void> {
  await rm(file, { force: true });
  const api = await databaseApi(database);
  if (api !== undefined) return api.export(file);
  const { wrangler, target, timeout } = database;
  const result = await runWrangler(wrangler, {
    args: ['d1', 'export', ...targetArguments(target), `--output=${file}`],
    cwd: dirname(target.configFile),
    timeout,
  });
  if (result.exitCode !== 0 || !existsSync(file)) throw explainFailure(result);
}

/** All D1 databases of the account of a target. Throws D1Error `no-credentials` where only wrangler can ask Cloudflare. */
export async function listDatabases(database: RemoteDatabase): Promise<readonly AccountDatabase[]> {
  const found = await accountDatabases(database);
  if (found !== undefined) return found;
  throw new D1Error({
    code: 'no-credentials',
    message:
      'The databases of the account can be listed only with credentials that this command can use itself.',
    fix: 'Set CLOUDFLARE_API_TOKEN, and CLOUDFLARE_ACCOUNT_ID where the token reaches several accounts.',
    exitCode: 2,
  });
}
