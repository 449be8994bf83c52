import { createReadStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import type { ObjectMetadata } from '../format/index.ts';
import { hashContent, type ContentDigests, type ContentHasher } from './etag-check.ts';
import { retry, type RetryOptions } from './requests.ts';
import { StoreFailure, type ListedObject, type ObjectStore } from './store.ts';

/** What is read from disk, or waits to be written, at a time. */
const PIECE = 1024 * 1024;

/** Where an object waits for its turn. */
export interface WaitingPlace {
  readonly room: Room;
  /** Does not exist yet. */
  readonly file: string;
}

/** What of an object has come so far. A connection that breaks goes on where it broke. */
export interface Download {
  /** Receives what is missing. Throws `StoreFailure`. */
  receive(options?: RetryOptions): Promise<ObjectMetadata>;
  /** The digests of the whole content; once after each `receive`. */
  digests(): ContentDigests;
  /** Forgets what has come. */
  startAnew(): void;
  /** The content itself where it is small, else a stream of it. */
  content(): Promise<Buffer | (() => Readable)>;
  /** The content once more, from memory or disk. */
  chunks(): AsyncIterable<Buffer> | Iterable<Buffer>;
  discard(): Promise<void>;
}

/** Prepares the download of an object as it was listed. Where there is no room for it in memory, it waits in a file. */
export function startDownload(
  store: ObjectStore,
  listed: ListedObject,
  { file, room }: WaitingPlace,
): Download {
  const inMemory = room.take(listed.size);
  let isDiscarded = false;
  let kept: Buffer[] = [];
  let handle: FileHandle | undefined;
  let hasher: ContentHasher = hashContent(listed.etag, listed.size);
  let received = 0;
  let isContentEtag = true;

  async function take(piece: Buffer): Promise<void> {
    const start = received;
    hasher.update(piece);
    received += piece.length;
    if (inMemory) kept.push(piece);
    else await writeAll((handle ??= await open(file, 'w', 0o600)), piece, start);
  }

  const closeFile = async () => {
    await handle?.close();
    handle = undefined;
  };

  return {
    receive: (options) =>
      retry(
        async () => {
          const opened = await store.open(listed.key, { etag: listed.etag, from: received });
          const { body, metadata } = opened;
          ({ isContentEtag } = opened);
          await receiveAll(body, { size: listed.size - received, isKept: inMemory, take });
          if (received < listed.size) throw new StoreFailure('passing', 'The answer ended too early.');
          return metadata;
        },
        options,
        () => received,
      ),
    digests: () => ({ ...hasher.finish(), ...(isContentEtag ? {} : { etag: 'unknown' }) }),
    startAnew() {
      kept = [];
      hasher = hashContent(listed.etag, listed.size);
      received = 0;
    },
    async content() {
      await closeFile();
      if (!inMemory) return () => createReadStream(file, { highWaterMark: PIECE });
      return listed.size <= PIECE ? Buffer.concat(kept) : () => Readable.from(kept, { objectMode: false });
    },
    chunks: () => (inMemory ? kept : createReadStream(file, { highWaterMark: PIECE })),
    async discard() {
      if (isDiscarded) return;
      isDiscarded = true;
      await closeFile();
      kept = [];
      if (inMemory) room.give(listed.size);
      else await rm(file, { force: true });
    },
  };
}

/** A disk that is nearly full takes a part only, and says why of the next write. */
async function writeAll(handle: FileHandle, piece: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < piece.length) {
    done += (await handle.write(piece, done, piece.length - done, position + done)).bytesWritten;
  }
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
    const take = async (piece: Buffer) => hasher.update(piece);
    await receiveAll(body, { size: listed.size, isKept: false, take });
    return hasher.finish().sha256;
  }, options);
}

interface Receiver {
  /** Bytes that are to come. */
  readonly size: number;
  /** Whether a piece is kept when it has been taken. Else its memory is used for the next. */
  readonly isKept: boolean;
  readonly take: (piece: Buffer) => Promise<void>;
}

/**
 * Passes on what comes, in pieces of a megabyte: a server may send it in thousands of chunks, and those that are kept cost
 * the garbage collector more than a copy. A broken connection is a failure that may pass, and what came before is given
 * on; what `take` throws is thrown as it is. Nothing is being taken any more when this ends.
 */
async function receiveAll(body: Readable, { size, isKept, take }: Receiver): Promise<void> {
  let missing = size;
  let piece = Buffer.alloc(0);
  let filled = 0;
  let taken = Promise.resolve();

  const takeFilled = () => {
    const full = piece.subarray(0, filled);
    missing -= filled;
    filled = 0;
    return (taken = full.length > 0 ? take(full) : Promise.resolve());
  };
  /** Copies what there is room for; the rest when a full piece has been taken. */
  const receive = (chunk: Buffer, done: (error?: Error) => void): void => {
    if (filled + chunk.length > missing) {
      const reason = 'The answer is longer than the object, as if the server had compressed it again.';
      return done(new StoreFailure('refused', reason));
    }
    if (filled === 0 && (isKept || piece.length === 0))
      piece = Buffer.allocUnsafeSlow(Math.min(PIECE, missing));
    const copied = chunk.copy(piece, filled);
    filled += copied;
    if (filled < piece.length) return done();
    takeFilled().then(() => (copied === chunk.length ? done() : receive(chunk.subarray(copied), done)), done);
  };
  const sink = new Writable({
    highWaterMark: PIECE,
    write: (chunk: Buffer, _, done) => receive(chunk, done),
    final(done) {
      takeFilled().then(() => done(), done);
    },
  });
  try {
    await piped(body, sink);
  } catch (cause) {
    await taken;
    if (cause instanceof StoreFailure) throw cause;
    await takeFilled();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreFailure('passing', `The connection broke: ${reason}`, { cause });
  }
}

/** As the library's `pipeline`, without its means to be aborted, which take longer than to receive a small object. */
const piped = (body: Readable, sink: Writable): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      body.destroy();
      sink.destroy();
      reject(error);
    };
    body.on('error', fail);
    body.once('close', () => {
      if (!body.readableEnded) fail(new Error('it was closed'));
    });
    sink.on('error', fail);
    sink.once('finish', resolve);
    body.pipe(sink);
  });

/** Memory that several share. */
export interface Room {
  /** False when there is not as much left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export function createRoom(bytes: number): Room {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    give(taken) {
      left += taken;
    },
  };
}
