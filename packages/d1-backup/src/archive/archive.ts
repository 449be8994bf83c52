import type { Readable } from 'node:stream';
import type { ArchiveMetadata } from './metadata.ts';

/** An open archive. */
export interface Archive {
  /** Absolute. */
  readonly file: string;
  /** By path, in the order of the zip. No two paths are the same, and none leads out of the archive. */
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
  /** Undefined in an archive of another tool: then there is nothing to compare its content with. */
  readonly metadata: ArchiveMetadata | undefined;
  /** Opens the content of an entry. The stream fails when it is not what the zip says of it. */
  open(path: string): Promise<Readable>;
  /**
   * The SHA-256 of an entry's content, in hexadecimal. `onRead` gets the bytes of each piece that was read. Throws
   * D1Error `damaged-archive` when the content is not what the zip says of it.
   */
  digest(path: string, onRead?: (bytes: number) => void): Promise<string>;
  close(): Promise<void>;
}

export interface ArchiveEntry {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
}
