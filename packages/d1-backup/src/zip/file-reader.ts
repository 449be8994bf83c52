import { close, read } from 'node:fs';
import { Readable } from 'node:stream';
import { BlockReader } from './block-reader.ts';

/** What is read at once of the directory and of the headers before contents: each of them is some hundred bytes. */
const BLOCK = 64 * 1024;

/** The directory and the headers are read in turn, each from where it left off. */
const KEPT = 4;

/** What is read at once of a content. */
const CHUNK = 256 * 1024;

/** Reads a zip from an open file in large pieces, and closes the file at the end. */
export class FileReader extends BlockReader {
  readonly #fd: number;

  constructor(fd: number) {
    super({ block: BLOCK, kept: KEPT, readAt: (position) => readAt(fd, position, BLOCK) });
    this.#fd = fd;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const fd = this.#fd;
    let at = start;
    return new Readable({
      highWaterMark: CHUNK,
      read() {
        if (at === end) {
          this.push(null);
          return;
        }
        readAt(fd, at, Math.min(CHUNK, end - at)).then(
          (bytes) => {
            at += bytes.length;
            if (bytes.length > 0) this.push(bytes);
            else this.destroy(new Error('the file ends too early'));
          },
          (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
        );
      },
    });
  }

  /** What is small comes with what stands around it, from one reading of all. */
  override async fill(buffer: Buffer, position: number): Promise<void> {
    if (buffer.length <= BLOCK) return super.fill(buffer, position);
    for (let done = 0; done < buffer.length;) {
      const bytes = await readInto(this.#fd, buffer.subarray(done), position + done);
      if (bytes === 0) throw new Error('the file ends too early');
      done += bytes;
    }
  }

  override close(callback: (error: Error | null) => void): void {
    close(this.#fd, callback);
  }
}

/** Fewer bytes only at the end of the file. */
async function readAt(fd: number, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, await readInto(fd, buffer, position));
}

const readInto = (fd: number, buffer: Buffer, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, position, (error, bytes) =>
      error === null ? resolve(bytes) : reject(error),
    );
  });
