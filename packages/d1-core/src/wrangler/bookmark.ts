import { dirname } from 'node:path';
import { explainFailure } from './explain-failure.ts';
import type { Wrangler } from './find-wrangler.ts';
import { readJson } from './read-json.ts';
import { runWrangler } from './run-wrangler.ts';
import type { WranglerTarget } from './target.ts';

/**
 * The Time Travel bookmark of a remote database as it is now: what `wrangler d1 time-travel restore --bookmark` goes
 * back to. D1 keeps 30 days, 7 on the free plan (https://developers.cloudflare.com/d1/reference/time-travel/).
 */
export async function readBookmark(
  wrangler: Wrangler,
  target: WranglerTarget,
  timeout?: number,
): Promise<string> {
  const { binding, wranglerEnv, configFile } = target;
  const result = await runWrangler(wrangler, {
    args: ['d1', 'time-travel', 'info', binding, `--env=${wranglerEnv}`, `--config=${configFile}`, '--json'],
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

/** Takes a remote database back to a bookmark: every write since is lost. Throws what wrangler says. */
export async function restoreBookmark(
  wrangler: Wrangler,
  target: WranglerTarget,
  bookmark: string,
  timeout?: number,
): Promise<void> {
  const { binding, wranglerEnv, configFile } = target;
  const result = await runWrangler(wrangler, {
    args: [
      'd1',
      'time-travel',
      'restore',
      binding,
      `--bookmark=${bookmark}`,
      `--env=${wranglerEnv}`,
      `--config=${configFile}`,
      '--json',
    ],
    cwd: dirname(configFile),
    timeout,
  });
  const answer = readJson(result.stdout);
  if (typeof answer !== 'object' || answer === null || !('bookmark' in answer)) throw explainFailure(result);
}
