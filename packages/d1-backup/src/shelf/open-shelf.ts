import { resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import { asPrefix, openRemoteStore, openStore, readBucketAddress, readS3Access } from '../bucket/index.ts';
import { DEFAULT_OUTPUT, isAddress } from '../place.ts';
import { openBucketShelf, type BucketShelf } from './bucket-shelf.ts';
import { openFolderShelf } from './folder-shelf.ts';
import type { Shelf } from './list-archives.ts';

export interface ShelfRequest {
  /** A folder, relative to the workspace root, or `s3://bucket/prefix`. */
  readonly archives?: string | undefined;
  readonly workspaceRoot: string;
  /** The account of the wrangler config, for a bucket. */
  readonly accountId: string | undefined;
  /** A file with age identities, for encrypted archives in a folder. */
  readonly identity?: string | undefined;
}

/**
 * Opens the place where archives are kept. Throws D1Error `invalid-bucket`, and `missing-r2-credentials` where a bucket
 * cannot be reached.
 */
export function openShelf({
  archives = DEFAULT_OUTPUT,
  workspaceRoot,
  accountId,
  identity,
}: ShelfRequest): Shelf {
  if (!isAddress(archives)) {
    return openFolderShelf(
      resolve(workspaceRoot, archives),
      identity === undefined ? undefined : resolve(workspaceRoot, identity),
    );
  }
  return openAddress(archives, accountId);
}

/** Opens `s3://bucket/prefix`. */
function openAddress(address: string, accountId: string | undefined): BucketShelf {
  const place = readBucketAddress(address);
  if (place === undefined) throw invalidBucket(address);
  const { bucket, prefix } = place;
  return openBucketShelf(
    openRemoteStore({ access: readS3Access({ accountId }), bucket, connections: 8 }),
    prefix,
  );
}

/**
 * Opens the place that an archive is put into when it is made: `s3://bucket/prefix`, with the keys of the environment
 * variables, or the binding of a bucket of the environment, with or without a prefix after a slash. Throws D1Error
 * `invalid-upload`, and what `openShelf` throws.
 */
export function openUpload(to: string, target: Target): BucketShelf {
  if (isAddress(to)) return openAddress(to, target.environment.accountId);
  const [binding = '', ...rest] = to.split('/');
  const found = target.environment.buckets.find((one) => one.binding === binding);
  if (found === undefined) throw invalidUpload(to, target);
  return openBucketShelf(openStore(target, found), asPrefix(rest.join('/')));
}

const invalidUpload = (to: string, { environment: { name, buckets } }: Target): D1Error =>
  new D1Error({
    code: 'invalid-upload',
    message: `"${to}" is neither s3://<bucket>/<prefix> nor begins with the binding of a bucket of "${name}".`,
    fix: `Write --upload=s3://<bucket>/<prefix>${buckets.length === 0 ? '' : `, or one of: ${buckets.map(({ binding }) => binding).join(', ')}`}`,
    exitCode: 2,
  });

const invalidBucket = (address: string): D1Error =>
  new D1Error({
    code: 'invalid-bucket',
    message: `"${address}" names no bucket.`,
    fix: 'Write s3://<bucket>/<prefix>, or a folder.',
    exitCode: 2,
  });
