import { buffer } from 'node:stream/consumers';
import { explained, listObjects, retry, StoreFailure, type ObjectStore } from '../bucket/index.ts';
import { openArchive, peekArchive, type RemoteFile } from '../zip/index.ts';
import type { Shelf, ShelfFile } from './list-archives.ts';
import { putArchive, type PutOptions } from './put-archive.ts';

/** A bucket, which archives are put into when they are made. */
export interface BucketShelf extends Shelf {
  /** Fails early when nothing can be put there. */
  requireWritable(): Promise<void>;
  /** Puts a file there under its own name, never over another one, and compares what is there then. Returns its address. */
  put(file: string, options?: PutOptions): Promise<string>;
}

/** What a small file may have at most. */
const LARGEST_TEXT = 1024 * 1024;

/**
 * A bucket with archives, directly below a prefix, which are read by ranges. `peek` knows no encrypted ones: they would have to be
 * fetched as a whole. Closes the store.
 */
export function openBucketShelf(store: ObjectStore, prefix: string): BucketShelf {
  const place = `s3://${store.bucket}/${prefix}`;
  const remoteFile = ({ name, size, etag }: ShelfFile): RemoteFile => ({
    address: `${place}${name}`,
    size,
    readRange: (from, to) => readRange(store, prefix + name, { from, to, etag }),
  });
  return {
    place,
    files: () =>
      explained(store, 'listing archives', async () => {
        const files: ShelfFile[] = [];
        for await (const { key, size, etag } of listObjects(store, prefix)) {
          const name = key.slice(prefix.length);
          if (name !== '' && !name.includes('/')) files.push({ name, size, etag });
        }
        return files;
      }),
    peek: (file) => peekArchive(remoteFile(file)),
    open: (file, identity) => openArchive(remoteFile(file), { identity }),
    read: async ({ name, size, etag }) =>
      (await readRange(store, prefix + name, { from: 0, to: Math.min(size, LARGEST_TEXT), etag })).toString(
        'utf8',
      ),
    remove: ({ name }) =>
      explained(store, `deleting ${name}`, () => retry(() => store.remove(prefix + name))),
    requireWritable: () =>
      explained(store, 'looking whether archives can be put there', async () => {
        await retry(() => store.list(prefix));
        await retry(() => store.requireWritable(`${prefix}.d1-backup-write-test`));
      }),
    put: (file, options) => putArchive(store, prefix, file, options),
    close: () => store.close(),
  };
}

/** Throws what `explainBucketError` makes of a failure: a zip library would say that the archive is damaged. */
async function readRange(
  store: ObjectStore,
  key: string,
  range: { readonly from: number; readonly to: number; readonly etag: string | undefined },
): Promise<Buffer> {
  const length = range.to - range.from;
  if (length <= 0) return Buffer.alloc(0);
  return explained(store, `reading ${key}`, () =>
    retry(async () => {
      const { body } = await store.open(key, range);
      const bytes = await buffer(body).catch((cause: unknown) => {
        throw new StoreFailure('passing', 'The answer broke off.', { cause });
      });
      if (bytes.length === length) return bytes;
      throw new StoreFailure('passing', `The answer has ${bytes.length} bytes in place of ${length}.`);
    }),
  );
}
