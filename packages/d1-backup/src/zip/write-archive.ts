import { createWriteStream, fdatasync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ZipArchive } from 'archiver';

/** An entry that is to be written. */
export interface NewEntry {
  readonly path: string;
  readonly content: Buffer | (() => Readable);
  /** Objects are compressed already, and are stored as they are. */
  readonly compress: boolean;
}

export interface ArchiveWriter {
  /**
   * Writes an entry after the others. Gives the byte of the file where its content begins, as long as nothing before
   * it was compressed. Throws what the content or the file throws.
   */
  add(entry: NewEntry): Promise<{ readonly offset: number | undefined }>;
  /** Ends the zip. Its bytes are on the disk then. */
  finish(): Promise<void>;
  /** Stops writing. What has been written stays. */
  abort(): Promise<void>;
}

const flush = promisify(fdatasync);

/** What may wait to be written. */
const MOST_WAITING = 16 * 1024 * 1024;

/** After so many bytes the system is asked to bring them to the disk, so that the end has little to wait for. */
const FLUSH_AFTER = 64 * 1024 * 1024;

const LOCAL_HEADER = 30;
/** What stands after the content of an entry that came as a stream, and of one of more than 4 GiB. APPNOTE.TXT 4.3.9 */
const DESCRIPTOR = { usual: 16, zip64: 24 };
const LARGEST_USUAL = 0xffffffff;

/**
 * Begins a zip in a new file that only this user can read. All entries have the same time, so that the same content
 * gives the same bytes.
 */
export function writeArchive(file: string, time: Date): ArchiveWriter {
  const zip = new ZipArchive({ zlib: { level: 6 } });
  const output = createWriteStream(file, {
    flags: 'wx',
    mode: 0o600,
    flush: true,
    highWaterMark: 1024 * 1024,
  });
  const written = pipeline(zip, output);
  let failure: unknown;
  written.catch((error: unknown) => (failure ??= error));
  let fd: number | undefined;
  output.once('open', (opened) => (fd = opened));
  /** Where the next entry begins; undefined when something was compressed. */
  let position: number | undefined = 0;
  let flushed = 0;
  let flushing: Promise<void> | undefined;

  const room = async () => {
    while (position !== undefined && position - zip.pointer() > MOST_WAITING) {
      if (failure !== undefined) throw failure;
      await wait(5);
    }
  };

  const flushMeanwhile = () => {
    if (fd === undefined || flushing !== undefined) return;
    flushing = flush(fd)
      .catch((error: unknown) => void (failure ??= error))
      .finally(() => (flushing = undefined));
  };

  return {
    async add({ path, content, compress }) {
      if (failure !== undefined) throw failure;
      await room();
      const start = position;
      if (start !== undefined && start - flushed > FLUSH_AFTER) {
        flushed = start;
        flushMeanwhile();
      }
      const name = Buffer.byteLength(path);
      if (compress) position = undefined;
      const options = { name: path, date: time, mode: 0o644, store: !compress };
      const size = await append(zip, content, options).catch(async (error: unknown) => {
        // The file's own error says more than that the zip was closed.
        if (zip.destroyed) await written;
        throw error;
      });
      if (start === undefined || compress) return { offset: undefined };
      const descriptor = size > LARGEST_USUAL ? DESCRIPTOR.zip64 : DESCRIPTOR.usual;
      const offset = start + LOCAL_HEADER + name;
      position = offset + size + (Buffer.isBuffer(content) ? 0 : descriptor);
      return { offset };
    },
    async finish() {
      await flushing;
      // The system tells a failure once: the flush at the end would know nothing of it.
      if (failure !== undefined) throw failure;
      await zip.finalize();
      await written;
    },
    async abort() {
      zip.abort();
      zip.destroy();
      output.destroy();
      await written.catch(() => undefined);
    },
  };
}

interface EntryOptions {
  readonly name: string;
  readonly date: Date;
  readonly mode: number;
  readonly store: boolean;
}

/** Returns the size of the content. The library says nothing of a source that fails, so that is watched here. */
async function append(
  zip: ZipArchive,
  content: Buffer | (() => Readable),
  options: EntryOptions,
): Promise<number> {
  const ended = entryEnd(zip);
  ended.catch(() => undefined);
  if (Buffer.isBuffer(content)) {
    zip.append(content, options);
    await ended;
    return content.length;
  }
  let size = 0;
  const counted = new PassThrough({ highWaterMark: 1024 * 1024 });
  counted.on('data', (chunk: Buffer) => (size += chunk.length));
  counted.pause();
  const copied = pipeline(content(), counted);
  zip.append(counted, options);
  await Promise.race([ended, copied.then(() => ended)]);
  return size;
}

function entryEnd(zip: ZipArchive): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      zip.off('entry', onEntry);
      zip.off('error', onError);
      zip.off('close', onClose);
      act();
    };
    const onEntry = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(new Error('The zip was closed.')));
    zip.on('entry', onEntry);
    zip.on('error', onError);
    zip.on('close', onClose);
  });
}
