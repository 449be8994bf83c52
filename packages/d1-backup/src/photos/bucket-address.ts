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
