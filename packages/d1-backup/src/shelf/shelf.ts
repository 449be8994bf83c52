import type { ArchiveMetadata } from '../archive/index.ts';

/** Where archives are kept: a folder, or a bucket. */
export interface Shelf {
  /** As people name it: a path, or `s3://bucket/prefix`. */
  readonly place: string;
  /** All files directly in it, whatever they are. */
  files(): Promise<readonly ShelfFile[]>;
  /** Reads the metadata of an archive; undefined for one of another tool. Throws what `openArchive` throws. */
  peek(file: ShelfFile): Promise<ArchiveMetadata | undefined>;
  remove(file: ShelfFile): Promise<void>;
  close(): Promise<void>;
}

export interface ShelfFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}
