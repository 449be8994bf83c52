import { createReadStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { hashContent, type ContentDigests, type ContentHasher } from './etag-check.ts';
import { retry, type RetryOptions } from './retry.ts';
import { StoreFailure, type ListedObject, type ObjectMetadata, type ObjectStore } from './store.ts';

/** Larger objects wait for their place in the archive on disk. */
const LARGEST_IN_MEMORY = 1024 * 1024;

/** What is written to disk at a time: a write of each chunk that comes would cost more than to receive it. */
const WRITE_BYTES = 1024 * 1024;

/** What of an object has come so far. A connection that breaks goes on where it broke. */
export interface Download {
  /** Receives what is missing. Throws `StoreFailure`. */
  receive(options?: RetryOptions): Promise<ObjectMetadata>;
  /** The digests of the whole content; once after each `receive`. */
  digests(): ContentDigests;
  /** Forgets what has come. */
  startAnew(): void;
  content(): Promise<Buffer | (() => Readable)>;
  /** The content once more, from memory or disk. */
  chunks(): AsyncIterable<Buffer>;
  discard(): Promise<void>;
}

/** Prepares the download of an object as it was listed; a large one goes to a file that is not there yet. */
export function startDownload(store: ObjectStore, listed: ListedObject, file: string): Download {
  const inMemory = listed.size <= LARGEST_IN_MEMORY;
  let chunks: Buffer[] = [];
  let handle: FileHandle | undefined;
  let hasher: ContentHasher = hashContent(listed.etag, listed.size);
  let received = 0;
  let waitingBytes = 0;

  /** Of a large object: what has come and is not in the file yet. */
  const flush = async () => {
    const waiting = Buffer.concat(chunks, waitingBytes);
    const position = received - waitingBytes;
    chunks = [];
    waitingBytes = 0;
    handle ??= await open(file, 'w', 0o600);
    await handle.writev([waiting], position);
  };

  const startAnew = () => {
    chunks = [];
    waitingBytes = 0;
    hasher = hashContent(listed.etag, listed.size);
    received = 0;
  };

  async function take(chunk: Buffer): Promise<void> {
    if (received + chunk.length > listed.size) {
      const reason = 'The answer is longer than the object, as if the server had compressed it anew.';
      throw new StoreFailure('refused', reason);
    }
    chunks.push(chunk);
    hasher.update(chunk);
    received += chunk.length;
    waitingBytes += chunk.length;
    if (!inMemory && waitingBytes >= WRITE_BYTES) await flush();
  }

  const closeFile = async () => {
    await handle?.close();
    handle = undefined;
  };

  return {
    receive: (options) =>
      retry(
        async () => {
          const { body, metadata } = await store.open(listed.key, { etag: listed.etag, from: received });
          await receiveAll(body, take);
          if (received < listed.size) throw new StoreFailure('passing', 'The answer ended too early.');
          return metadata;
        },
        options,
        () => received,
      ),
    digests: () => hasher.finish(),
    startAnew,
    async content() {
      if (!inMemory) await flush();
      await closeFile();
      return inMemory ? Buffer.concat(chunks) : () => createReadStream(file, { highWaterMark: WRITE_BYTES });
    },
    async *chunks() {
      if (inMemory) return yield* chunks;
      await flush();
      for await (const chunk of createReadStream(file, { highWaterMark: WRITE_BYTES }))
        yield Buffer.from(chunk);
    },
    async discard() {
      await closeFile();
      chunks = [];
      if (!inMemory) await rm(file, { force: true });
    },
  };
}

/** The SHA-256 of an object, read from the store once more. */
export function readDigest(
  store: ObjectStore,
  listed: ListedObject,
  options?: RetryOptions,
): Promise<string> {
  return retry(async () => {
    const { body } = await store.open(listed.key, { etag: listed.etag });
    const hasher = hashContent('', listed.size);
    await receiveAll(body, async (chunk) => hasher.update(chunk));
    return hasher.finish().sha256;
  }, options);
}

/** Gives on what comes. A broken connection is a failure that may pass; what `take` throws is thrown as it is. */
async function receiveAll(body: Readable, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new StoreFailure('passing', `The connection broke: ${reason}`, { cause });
      });
      if (next.done === true) return;
      const { buffer, byteOffset, byteLength } = next.value;
      await take(Buffer.from(buffer, byteOffset, byteLength));
    }
  } finally {
    body.destroy();
  }
}
