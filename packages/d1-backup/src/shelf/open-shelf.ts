import { resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { readBucketAddress, readS3Access } from '../bucket/index.ts';
import { DEFAULT_OUTPUT, isAddress } from '../place.ts';
import { openBucketShelf } from './bucket-shelf.ts';
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
  const address = readBucketAddress(archives);
  if (address === undefined) throw invalidBucket(archives);
  return openBucketShelf(readS3Access({ accountId }), address);
}

const invalidBucket = (archives: string): D1Error =>
  new D1Error({
    code: 'invalid-bucket',
    message: `"${archives}" names no bucket.`,
    fix: 'Write --archives=s3://<bucket>/<prefix>, or a folder.',
    exitCode: 2,
  });
