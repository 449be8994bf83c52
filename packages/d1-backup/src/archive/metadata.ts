import type { TableDigest } from '../content/digest.ts';
import type { PhotoProblem, PhotoRecord } from '../photos/photo.ts';

/** The version of the shape of `metadata.json`; it changes when a field changes its meaning or goes away. */
export const FORMAT_VERSION = 1;

/** What `metadata.json` of an archive says. Times are UTC, ISO 8601; sizes are bytes. It holds no secret. */
export interface ArchiveMetadata {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly versions: {
    readonly 'd1-backup': string;
    readonly wrangler: string;
    readonly node: string;
  };
  readonly environment: { readonly name: string; readonly location: 'local' | 'remote' };
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Undefined in an archive of photos only. */
  readonly database?: DatabaseRecord | undefined;
  /** Undefined in an archive of the database only. */
  readonly photos?: PhotosRecord | undefined;
  /** Every entry but `metadata.json` itself, in the order of the archive. */
  readonly entries: readonly EntryRecord[];
  /** What was proved before the archive got its name. */
  readonly proof: Proof;
  /** What a reader should know; empty when all went well. */
  readonly warnings: readonly string[];
}

/** The database of an archive. */
export interface DatabaseRecord {
  readonly binding: string;
  readonly name: string | null;
  readonly id: string | null;
  /** How its rows were read; `export` when they come from the export of D1. */
  readonly mode: 'online' | 'export';
  /** Time Travel's bookmarks; null for a local database. */
  readonly bookmark: { readonly before: string; readonly after: string } | null;
  /** Whether all rows are of one moment. */
  readonly consistent: boolean;
  /** What `schemaDigest` gives for its objects. */
  readonly schemaSha256?: string | undefined;
  readonly tables: readonly TableDigest[];
}

/** The photos of an archive. */
export interface PhotosRecord {
  readonly bucket: string;
  /** Only keys that begin so were asked for. */
  readonly prefix: string;
  readonly objects: readonly PhotoRecord[];
  readonly problems: readonly PhotoProblem[];
}

/** An entry of the zip. */
export interface EntryRecord {
  readonly path: string;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** `restored`: the database came back equal, and every entry was read again. `skipped`: `--no-verify` was given. */
export interface Proof {
  readonly result: 'restored' | 'skipped';
  readonly at: string | null;
}
