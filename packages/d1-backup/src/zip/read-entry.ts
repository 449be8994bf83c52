import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { isD1Error, messageOf, type D1Error } from 'd1-core/errors';
import type { ZipFile } from 'yauzl';
import { archiveError, shownEntry } from '../format/index.ts';
import type { BlockReader } from './block-reader.ts';
import type { ZipEntry } from './zip-directory.ts';

const WRONG_CHECKSUM = 'its content does not have its checksum (CRC-32)';

/** A place that cannot be read says nothing of the archive. */
const damagedContent = (file: string, { path }: ZipEntry, reason: string, cause?: unknown): D1Error =>
  isD1Error(cause)
    ? cause
    : archiveError('damaged-archive', file, `has a damaged entry, ${shownEntry(path)}: ${reason}`, { cause });

/** Opens the content of an entry. The stream fails with D1Error `damaged-archive` when it is not what the zip says. */
export async function openEntry(zip: ZipFile, entry: ZipEntry, file: string): Promise<Readable> {
  const damaged = (reason: string, cause?: unknown) => damagedContent(file, entry, reason, cause);
  const content = await openContent(zip, entry, await entry.findContent()).catch((error: unknown) => {
    throw damaged(messageOf(error), error);
  });
  let checksum = 0;
  const checked = new Transform({
    transform(chunk: Buffer, _, done) {
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
    flush(done) {
      done(checksum === entry.crc32 ? null : damaged(WRONG_CHECKSUM));
    },
  });
  content.on('error', (error) => checked.destroy(damaged(messageOf(error), error)));
  checked.on('close', () => content.destroy());
  return content.pipe(checked);
}

const openContent = (
  zip: ZipFile,
  { compressedSize, isCompressed, size }: ZipEntry,
  start: number,
): Promise<Readable> =>
  new Promise((resolve, reject) => {
    zip.openReadStreamLowLevel(
      start,
      compressedSize,
      0,
      compressedSize,
      isCompressed,
      size,
      (error, stream) => (error === null ? resolve(stream) : reject(error)),
    );
  });

const PIECE = 512 * 1024;

/**
 * The SHA-256 of the content of an entry, in hexadecimal. `onRead` gets the bytes of each piece. Throws D1Error
 * `damaged-archive` when the content is not what the zip says.
 */
export async function digestEntry(
  { zip, reader }: { readonly zip: ZipFile; readonly reader: BlockReader },
  entry: ZipEntry,
  file: string,
  onRead: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const pieces: AsyncIterable<Buffer> = entry.isCompressed
    ? await openEntry(zip, entry, file)
    : readStored(reader, entry, file);
  for await (const piece of pieces) {
    hash.update(piece);
    onRead(piece.length);
  }
  return hash.digest('hex');
}

/**
 * What is read stays valid until the next piece is asked for: two buffers are used in turn, one of them filled while
 * the other is read. A buffer for each piece would cost more, in garbage collection, than to read and hash it.
 */
async function* readStored(reader: BlockReader, entry: ZipEntry, file: string): AsyncGenerator<Buffer> {
  const { size } = entry;
  const start = await entry.findContent();
  const length = Math.min(PIECE, size);
  let [current, next] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(size > length ? length : 0)];
  const fill = async (buffer: Buffer, from: number) => {
    const piece = buffer.subarray(0, Math.max(0, size - from));
    await reader.fill(piece, start + from);
    return piece;
  };
  let checksum = 0;
  let filled = fill(current, 0);
  try {
    for (let at = 0; at < size; at += length) {
      const piece = await filled.catch((error: unknown) => {
        throw damagedContent(file, entry, messageOf(error), error);
      });
      filled = fill(next, at + length);
      filled.catch(() => undefined);
      checksum = crc32(piece, checksum);
      yield piece;
      [current, next] = [next, current];
    }
  } finally {
    // The file may be closed when nothing is read from it any more.
    await filled.catch(() => undefined);
  }
  if (checksum !== entry.crc32) throw damagedContent(file, entry, WRONG_CHECKSUM);
}
