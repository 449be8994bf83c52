import { Transform, type Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { D1Error } from 'd1-core/errors';
import type { ZipFile } from 'yauzl';
import { archiveError, reasonOf, shownEntry } from './archive-error.ts';
import type { ZipEntry } from './zip-directory.ts';

export const WRONG_CHECKSUM = 'its content does not have its checksum (CRC-32)';

export const damagedContent = (file: string, { path }: ZipEntry, reason: string, cause?: unknown): D1Error =>
  archiveError('damaged-archive', file, `has a damaged entry, ${shownEntry(path)}: ${reason}`, { cause });

/** Opens the content of an entry. The stream fails with D1Error `damaged-archive` when it is not what the zip says. */
export async function openEntry(zip: ZipFile, entry: ZipEntry, file: string): Promise<Readable> {
  const damaged = (reason: string, cause?: unknown) => damagedContent(file, entry, reason, cause);
  const content = await openContent(zip, entry).catch((error: unknown) => {
    throw damaged(reasonOf(error), error);
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
  content.on('error', (error) => checked.destroy(damaged(reasonOf(error), error)));
  checked.on('close', () => content.destroy());
  return content.pipe(checked);
}

const openContent = (zip: ZipFile, entry: ZipEntry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    const { dataStart, compressedSize, isCompressed, size } = entry;
    zip.openReadStreamLowLevel(
      dataStart,
      compressedSize,
      0,
      compressedSize,
      isCompressed,
      size,
      (error, stream) => (error === null ? resolve(stream) : reject(error)),
    );
  });
