import { basename } from 'node:path';
import type { Environment, R2Binding } from 'd1-core/environment';
import { D1Error, nearest } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import { readS3Access } from './credentials.ts';
import { openLocalStore } from './local-store.ts';
import { openRemoteStore } from './remote-store.ts';
import type { ObjectStore } from './store.ts';

/** A place in a bucket. */
export interface BucketAddress {
  readonly bucket: string;
  /** What keys there begin with: empty, or a path that ends in `/`. */
  readonly prefix: string;
}

/** Reads `s3://bucket/prefix`; undefined for what names no bucket. */
export function readBucketAddress(address: string): BucketAddress | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/*(.*)$/.exec(address) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: asPrefix(path) };
}

/** A path below which objects lie, as what their keys begin with. */
export const asPrefix = (path: string): string => (path === '' || path.endsWith('/') ? path : `${path}/`);

export interface BucketTarget {
  readonly environment: Pick<
    Environment,
    'name' | 'location' | 'buckets' | 'accountId' | 'configFile' | 'line'
  >;
  readonly wrangler: Wrangler;
  /** The folder that wrangler's `--persist-to` names. */
  readonly persistTo: string;
}

/**
 * The bucket of a binding, or the only bucket; undefined when the environment has none and none is asked for. Throws
 * D1Error `several-buckets` or `unknown-bucket`.
 */
export function chooseBucket(
  environment: BucketTarget['environment'],
  binding?: string,
): R2Binding | undefined {
  const { buckets, name, configFile, line } = environment;
  const bindings = buckets.map((bucket) => bucket.binding);
  const location = { file: configFile, line };
  if (binding === undefined) {
    if (buckets.length <= 1) return buckets[0];
    throw new D1Error({
      code: 'several-buckets',
      message: `The environment "${name}" has ${buckets.length} R2 buckets: ${bindings.join(', ')}.`,
      fix: `Choose the one with the photos: ${bindings.map((one) => `--bucket=${one}`).join(' or ')}`,
      exitCode: 2,
      location,
    });
  }
  const found = buckets.find((bucket) => bucket.binding === binding);
  if (found !== undefined) return found;
  const meant = nearest(binding, bindings);
  throw new D1Error({
    code: 'unknown-bucket',
    message: `The environment "${name}" of ${basename(configFile)} has no R2 bucket with the binding "${binding}".`,
    fix:
      bindings.length === 0
        ? `Add an entry to r2_buckets with binding = "${binding}" and bucket_name.`
        : `${meant === undefined ? 'Use' : `Write --bucket=${meant}. Known`}: ${bindings.join(', ')}.`,
    exitCode: 2,
    location,
  });
}

/**
 * Opens a bucket of an environment, where the environment is. Throws D1Error `missing-r2-credentials` and
 * `missing-bucket-name`.
 */
export function openStore(
  { environment, wrangler, persistTo }: BucketTarget,
  { binding, bucketName, line }: R2Binding,
  { connections }: { readonly connections?: number | undefined } = {},
): ObjectStore {
  if (environment.location === 'local') {
    // Wrangler names a local bucket by its binding where it has no name.
    return openLocalStore({ wrangler, bucket: bucketName ?? binding, persistTo });
  }
  if (bucketName === undefined) {
    throw new D1Error({
      code: 'missing-bucket-name',
      message: `The R2 bucket "${binding}" of the environment "${environment.name}" has no bucket_name.`,
      fix: 'Add bucket_name; "npx wrangler r2 bucket list" prints the names.',
      exitCode: 2,
      location: { file: environment.configFile, line },
    });
  }
  return openRemoteStore({ access: readS3Access(environment), bucket: bucketName, connections });
}
