import { dirname } from 'node:path';
import { databaseApi, type RemoteDatabase } from '../cloudflare/index.ts';
import { explainFailure, readJson, runWrangler } from '../wrangler/index.ts';

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
