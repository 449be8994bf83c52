import { Readable } from 'node:stream';
import { BlockReader } from './block-reader.ts';

/** A file in another place, of which ranges can be read. */
export interface RemoteFile {
  /** As messages name it, such as `s3://bucket/prefix/name`. */
  readonly address: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes from `start` up to but not including `end`. Throws D1Error when the place cannot be read. */
  readRange(start: number, end: number): Promise<Buffer>;
}

/** What one request asks for. The directory and the metadata of most archives are in the last one or two. */
const BLOCK = 1024 * 1024;

/** As many contents are read at a time, each with what is asked for ahead. */
const KEPT = 48;

/** Blocks that are asked for before they are needed, where a content is read from its beginning to its end. */
const AHEAD = 3;

/** Reads a zip in another place by ranges, each byte of it about once. */
export class RangeReader extends BlockReader {
  readonly #size: number;

  constructor({ size, readRange }: RemoteFile) {
    super({
      block: BLOCK,
      kept: KEPT,
      readAt: (position) => readRange(position, Math.min(position + BLOCK, size)),
    });
    this.#size = size;
  }

  override async fill(buffer: Buffer, position: number): Promise<void> {
    // What is large is a piece of a content that goes on after it.
    if (buffer.length >= BLOCK / 2) this.#loadAhead(position, this.#size);
    return super.fill(buffer, position);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#read(start, end), { objectMode: false });
  }

  async *#read(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end;) {
      this.#loadAhead(at, end);
      const piece = (await this.bytesAt(at)).subarray(0, end - at);
      if (piece.length === 0) throw new Error('the file ends too early');
      yield piece;
      at += piece.length;
    }
  }

  #loadAhead(from: number, end: number): void {
    for (let number = Math.floor(from / BLOCK); number <= Math.floor(from / BLOCK) + AHEAD; number++)
      if (number * BLOCK < end) this.load(number).catch(() => undefined);
  }
}

/** A file in another place as a stream. */
export function streamOf(file: RemoteFile): Readable {
  return new RangeReader(file)._readStreamForRange(0, file.size);
}
