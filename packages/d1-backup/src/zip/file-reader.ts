import { close, read } from 'node:fs';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

/** What is read at once of the directory and of the headers before contents: each of them is some hundred bytes. */
const BLOCK = 64 * 1024;

/** The directory and the headers are read in turn, each from where it left off. */
const KEPT = 4;

/** What is read at once of a content. */
const CHUNK = 256 * 1024;

/** Reads a zip from an open file in large pieces, and closes the file at the end. */
export class FileReader extends RandomAccessReader {
  readonly #fd: number;
  readonly #blocks = new Map<number, Promise<Buffer>>();

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.fill(buffer.subarray(offset, offset + length), position).then(
      () => callback(null),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
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

  /** Reads as many bytes as the buffer has. What is small comes with what stands around it, from one reading of all. */
  async fill(buffer: Buffer, position: number): Promise<void> {
    if (buffer.length <= BLOCK) return this.#copy(buffer, position);
    for (let done = 0; done < buffer.length;) {
      const bytes = await readInto(this.#fd, buffer.subarray(done), position + done);
      if (bytes === 0) throw new Error('the file ends too early');
      done += bytes;
    }
  }

  override close(callback: (error: Error | null) => void): void {
    close(this.#fd, callback);
  }

  async #copy(target: Buffer, position: number): Promise<void> {
    for (let done = 0; done < target.length;) {
      const at = position + done;
      const number = Math.floor(at / BLOCK);
      const block = await this.#block(number);
      const copied = block.copy(target, done, at - number * BLOCK);
      if (copied === 0) throw new Error('the file ends too early');
      done += copied;
    }
  }

  #block(number: number): Promise<Buffer> {
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size >= KEPT) this.#blocks.delete(oldest);
    const block = readAt(this.#fd, number * BLOCK, BLOCK);
    this.#blocks.set(number, block);
    return block;
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
