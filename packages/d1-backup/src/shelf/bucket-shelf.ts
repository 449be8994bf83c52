import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { peekRemoteArchive } from '../archive/index.ts';
import {
  explained,
  listObjects,
  openRemoteStore,
  openS3Client,
  readFailure,
  retry,
  type BucketAddress,
  type S3Access,
} from '../photos/index.ts';
import { BlockReader } from './bucket-reader.ts';
import type { Shelf, ShelfFile } from './shelf.ts';

/**
 * A bucket with archives, directly below a prefix. Encrypted ones stay unknown: they would have to be fetched as a whole.
 */
export function openBucketShelf(access: S3Access, { bucket, prefix }: BucketAddress): Shelf {
  const store = openRemoteStore({ access, bucket, connections: 4 });
  const client = openS3Client(access, 4);
  return {
    place: `s3://${bucket}/${prefix}`,
    files: () =>
      explained(store, 'listing archives', async () => {
        const files: ShelfFile[] = [];
        for await (const { key, size } of listObjects(store, prefix)) {
          const name = key.slice(prefix.length);
          if (name !== '' && !name.includes('/')) files.push({ name, size });
        }
        return files;
      }),
    peek: ({ name, size }) =>
      explained(store, `reading ${name}`, async () => {
        const reader = new BlockReader(size, (start, end) =>
          readRange(client, bucket, prefix + name, start, end),
        );
        return await peekRemoteArchive(reader, size, name).catch((error: unknown) => {
          throw reader.failure ?? error;
        });
      }),
    remove: ({ name }) =>
      explained(store, `deleting ${name}`, async () => {
        await retry(() => send(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + name }))));
      }),
    async close() {
      client.destroy();
      await store.close();
    },
  };
}

function readRange(
  client: S3Client,
  bucket: string,
  key: string,
  start: number,
  end: number,
): Promise<Buffer> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${start}-${end - 1}` });
  return retry(async () => {
    const { Body } = await send(client.send(command));
    return Buffer.from(await send(Body?.transformToByteArray() ?? Promise.resolve(new Uint8Array())));
  });
}

/** Says of what failed whether a later request may succeed. */
async function send<Answer>(request: Promise<Answer>): Promise<Answer> {
  try {
    return await request;
  } catch (error) {
    throw readFailure(error);
  }
}
