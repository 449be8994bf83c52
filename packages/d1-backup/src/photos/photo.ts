import type { Readable } from 'node:stream';
import type { ContentCheck } from './etag-check.ts';
import type { ObjectMetadata } from './store.ts';

/** An object as the metadata of an archive describes it. */
export interface PhotoRecord {
  readonly key: string;
  /** The entry of the archive that holds its content, such as `photos/originals/a.jpg`. */
  readonly path: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly metadata: ObjectMetadata;
  readonly check: ContentCheck;
  /** The size of the parts that it was uploaded in, where that is known. */
  readonly partSize?: number | undefined;
}

/** An object whose content is here, whole and checked. */
export interface Photo {
  readonly record: PhotoRecord;
  /** `previous` when it is taken from an earlier archive. */
  readonly from: 'bucket' | 'previous';
  /** The content itself where it is small, else a stream of it. */
  readonly content: Buffer | (() => Readable);
  /** To be called when the content is no longer needed. */
  readonly discard: () => Promise<void>;
}

/** Why an object of the list is not in the archive, or not as it was listed. */
export interface PhotoProblem {
  readonly key: string;
  /**
   * `vanished`: it was deleted meanwhile. `unreadable`: the server refuses to give it. `replaced`: it was uploaded anew
   * meanwhile, and the archive has the new content. `previous-damaged`: the earlier archive has another content for
   * it than it says, so it was read from the bucket.
   */
  readonly kind: 'vanished' | 'unreadable' | 'replaced' | 'previous-damaged';
  readonly reason: string;
}
