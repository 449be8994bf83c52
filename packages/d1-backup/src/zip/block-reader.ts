import { RandomAccessReader } from 'yauzl';

export interface BlockSource {
  /** Bytes that are read at once. */
  readonly block: number;
  /** How many blocks are kept. Those that were used last stay. */
  readonly kept: number;
  /** Reads a block from a position on; it is shorter only at the end. */
  readAt(position: number): Promise<Buffer>;
}

const endsTooEarly = (): Error => new Error('the file ends too early');

/** Reads a zip in blocks, and keeps the last ones: its directory and its headers are read in many small pieces. */
export abstract class BlockReader extends RandomAccessReader {
  readonly #source: BlockSource;
  readonly #blocks = new Map<number, Promise<Buffer>>();

  constructor(source: BlockSource) {
    super();
    this.#source = source;
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

  /** Reads as many bytes as the buffer has. */
  async fill(buffer: Buffer, position: number): Promise<void> {
    for (let done = 0; done < buffer.length;) {
      const copied = (await this.bytesAt(position + done)).copy(buffer, done);
      if (copied === 0) throw endsTooEarly();
      done += copied;
    }
  }

  /** The bytes from a position to the end of its block. */
  protected async bytesAt(position: number): Promise<Buffer> {
    const { block } = this.#source;
    const number = Math.floor(position / block);
    return (await this.load(number)).subarray(position - number * block);
  }

  protected load(number: number): Promise<Buffer> {
    const { block, kept, readAt } = this.#source;
    const found = this.#blocks.get(number);
    this.#blocks.delete(number);
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size >= kept) this.#blocks.delete(oldest);
    const loaded = found ?? readAt(number * block);
    this.#blocks.set(number, loaded);
    // One that failed may come the next time.
    if (found === undefined) loaded.catch(() => this.#blocks.delete(number));
    return loaded;
  }
}
