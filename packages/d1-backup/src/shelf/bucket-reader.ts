import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

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
