import { D1Error, explainFileError } from 'd1-core/errors';
import { StoreFailure, type ObjectStore } from './store.ts';

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
  if (/NoSuchBucket/.test(error.message)) {
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
  if (/NoSuchKey/.test(error.message)) {
    return new D1Error({
      code: 'object-gone',
      message: `The bucket "${bucket}" no longer has an object that it listed (${what}): ${error.message}`,
      fix: 'Somebody deletes objects, or replaces them, at the same time. Run again: the bucket is listed anew.',
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
