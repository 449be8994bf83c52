import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RandomAccessReader } from 'yauzl';
import {
  explained,
  listObjects,
  openRemoteStore,
  openS3Client,
  readFailure,
  retry,
  type BucketAddress,
  type S3Access,
} from '../bucket/index.ts';
import { peekRemoteArchive } from '../zip/index.ts';
import type { Shelf, ShelfFile } from './list-archives.ts';

/** What one request asks for. The directory and the metadata of most archives are in the last one or two. */
const BLOCK = 1024 * 1024;

/** How many blocks are kept: the directory is read while the metadata is looked for. */
const KEPT = 4;

/** Reads a file in another place in blocks, and keeps the last ones: a zip is read in many small pieces. */
export class BlockReader extends RandomAccessReader {
  readonly #size: number;
  readonly #readRange: (start: number, end: number) => Promise<Buffer>;
  /** Why a request failed: the zip library would say that the archive is damaged. */
  failure: unknown;
  readonly #blocks = new Map<number, Promise<Buffer>>();

  /** `readRange` gives the bytes from `start` up to but not including `end`. */
  constructor(size: number, readRange: (start: number, end: number) => Promise<Buffer>) {
    super();
    this.#size = size;
    this.#readRange = readRange;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#read(start, end), { objectMode: false });
  }

  async *#read(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end;) {
      const block = Math.floor(at / BLOCK);
      const bytes = await this.#block(block);
      const piece = bytes.subarray(at - block * BLOCK, end - block * BLOCK);
      if (piece.length === 0) return;
      yield piece;
      at += piece.length;
    }
  }

  #block(number: number): Promise<Buffer> {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size >= KEPT) this.#blocks.delete(oldest);
    const start = number * BLOCK;
    const read = this.#readRange(start, Math.min(start + BLOCK, this.#size));
    this.#blocks.set(number, read);
    read.catch((error: unknown) => (this.failure = error));
    return read;
  }
}

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
    read: ({ name, size }) =>
      explained(store, `reading ${name}`, async () =>
        (await readRange(client, bucket, prefix + name, 0, Math.min(size, LARGEST_TEXT))).toString('utf8'),
      ),
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

/** What a small file may have at most. */
const LARGEST_TEXT = 1024 * 1024;

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
