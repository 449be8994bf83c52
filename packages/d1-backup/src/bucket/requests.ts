import { setTimeout as wait } from 'node:timers/promises';
import { D1Error, explainFileError } from 'd1-core/errors';
import { StoreFailure, type ListedObject, type ObjectStore } from './store.ts';

export interface RetryOptions {
  /** Ends the waiting, too. */
  readonly signal?: AbortSignal | undefined;
  /** How often one request is made at most, as long as nothing of it succeeds. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly firstWait?: number | undefined;
}

/** The longest wait between two attempts, unless the server asks for more. Milliseconds. */
const LONGEST_WAIT = 20_000;

/** What a server may ask for at most: beyond it, failing is the better answer. */
const LONGEST_RETRY_AFTER = 120_000;

/**
 * Works on something until it succeeds, and waits longer after each attempt that fails for a passing reason. `progress`
 * counts what is done: an attempt that got further starts the count of attempts again.
 */
export async function retry<Result>(
  work: () => Promise<Result>,
  { attempts = 6, firstWait = 250, signal }: RetryOptions = {},
  progress: () => number = () => 0,
): Promise<Result> {
  let failed = 0;
  for (;;) {
    const before = progress();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.kind !== 'passing') throw error;
      failed = progress() > before ? 1 : failed + 1;
      const asked = error.retryAfter ?? 0;
      if (failed >= attempts || asked > LONGEST_RETRY_AFTER) throw error;
      await wait(Math.max(asked, waitOf(failed, firstWait)), undefined, { signal });
    }
  }
}

/** Random by half, so that requests which failed together do not come back together. */
function waitOf(failed: number, firstWait: number): number {
  const full = Math.min(LONGEST_WAIT, firstWait * 2 ** (failed - 1));
  return full * (0.5 + Math.random() / 2);
}

const ANOTHER_FOLDER = 'Make room, or choose another folder with --output, and run again.';

/** What was thrown while a bucket was read or written, as an error for the reader. */
export function explainBucketError(
  error: unknown,
  { bucket, location }: Pick<ObjectStore, 'bucket' | 'location'>,
  what: string,
): unknown {
  if (!(error instanceof StoreFailure)) return explainFileError(error, { fix: ANOTHER_FOLDER }) ?? error;
  const message = `The bucket "${bucket}" failed (${what}): ${error.message}`;
  const cause = error;
  if (location === 'local') {
    return new D1Error({ code: 'r2-failed', message, fix: 'Stop "wrangler dev", and run again.', cause });
  }
  // A 404 that names no key is about the bucket.
  const isAboutKey = /NoSuchKey/.test(error.message);
  if (/NoSuchBucket/.test(error.message) || (error.kind === 'vanished' && !isAboutKey)) {
    return new D1Error({
      code: 'unknown-bucket',
      message: `There is no bucket "${bucket}" in this account.`,
      fix: 'Compare bucket_name in the wrangler config with "npx wrangler r2 bucket list", and the account with CLOUDFLARE_ACCOUNT_ID. A bucket of a jurisdiction has an endpoint of its own: R2_ENDPOINT.',
      exitCode: 2,
      cause,
    });
  }
  if (/RequestTimeTooSkewed/.test(error.message)) {
    const fix = 'Set the clock of this machine, and run again.';
    return new D1Error({ code: 'clock-skewed', message, fix, exitCode: 2, cause });
  }
  if (error.kind === 'denied' || /SignatureDoesNotMatch/.test(error.message)) {
    return new D1Error({
      code: 'r2-denied',
      message,
      fix: 'Check R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, and that the token may read objects of this bucket; to restore, that it may write them.',
      exitCode: 2,
      cause,
    });
  }
  if (isAboutKey) {
    return new D1Error({
      code: 'object-gone',
      message: `The bucket "${bucket}" no longer has an object that it listed (${what}): ${error.message}`,
      fix: 'Somebody deletes objects, or replaces them, at the same time. Run again: the bucket is listed again.',
      cause,
    });
  }
  return new D1Error({
    code: 'r2-failed',
    message,
    fix: 'Run again; when it stays, look at https://www.cloudflarestatus.com and lower --concurrency.',
    cause,
  });
}

/** Does work on a bucket, and throws what `explainBucketError` makes of an error. */
export async function explained<Result>(
  store: ObjectStore,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explainBucketError(error, store, what);
  }
}

/** All objects below a prefix, page by page. Objects that come twice are given once. */
export async function* listObjects(
  store: ObjectStore,
  prefix = '',
  options?: RetryOptions,
): AsyncGenerator<ListedObject> {
  let cursor: string | undefined;
  let last: string | undefined;
  do {
    const page = await retry(() => store.list(prefix, cursor), options);
    for (const object of page.objects) {
      if (object.key === last) continue;
      last = object.key;
      yield object;
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** What the list says of a key now. */
export async function findObject(
  store: ObjectStore,
  key: string,
  options?: RetryOptions,
): Promise<ListedObject | undefined> {
  // A key comes first in the list of the keys that begin with it.
  const { objects } = await retry(() => store.list(key), options);
  return objects.find((object) => object.key === key);
}
