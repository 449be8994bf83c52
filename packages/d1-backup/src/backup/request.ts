import type { Target } from 'd1-core/target';
import type { DatabaseRecord, ObjectsRecord, Proof } from '../format/index.ts';
import type { BackupMode } from './read-database.ts';

export interface BackupRequest {
  readonly target: Target;
  /** Of d1-backup itself. */
  readonly pluginVersion: string;
  readonly parts: 'all' | 'database' | 'photos';
  /** The folder that the archive is made in. Absolute. */
  readonly output: string;
  /** `s3://bucket/prefix` where archives are kept there: then it is put there, and does not stay in the folder. */
  readonly home?: string | undefined;
  /** How a remote database is read. A local one is read from a copy of its file. */
  readonly mode: BackupMode;
  /** Whether the archive is proved before it gets its name. */
  readonly verify: boolean;
  /** Only objects whose keys begin so. */
  readonly prefix: string;
  /** Objects at a time. */
  readonly concurrency: number;
  /** The binding of the bucket, where the environment has several. */
  readonly bucket?: string | undefined;
  /** An earlier archive, whose objects are taken where they have not changed; as `ArchiveChoice` has it. */
  readonly previous?: string | undefined;
  /** A file with age identities, for an encrypted earlier archive. Absolute. */
  readonly identity?: string | undefined;
  /** Takes what a broken run has already fetched. */
  readonly resume: boolean;
  /** A secret key of minisign, which the archive is signed with. Absolute. */
  readonly sign?: string | undefined;
  /** Age recipients; the archive is encrypted when there is one. */
  readonly recipients: readonly string[];
  /** A bucket that gets a copy: `s3://bucket/prefix`, or the binding of a bucket. */
  readonly upload?: string | undefined;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly onProgress?: ((what: string, fraction?: number) => void) | undefined;
  readonly now?: (() => Date) | undefined;
}

export interface BackupResult {
  readonly target: Target;
  readonly outcome: 'dry-run' | 'saved';
  /** A path, absolute, or the address in the bucket that archives are kept in; undefined when nothing was written. */
  readonly file: string | undefined;
  /** Bytes of the file. */
  readonly size: number;
  readonly proof: Proof | undefined;
  readonly database: DatabaseRecord | undefined;
  readonly photos: SavedObjectsFacts | undefined;
  /** The address of the uploaded copy. */
  readonly uploaded: string | undefined;
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

export interface SavedObjectsFacts {
  readonly bucket: string;
  readonly prefix: string;
  readonly objects: number;
  readonly bytes: number;
  /** How many did not come from the bucket. */
  readonly reused: number;
  readonly problems: ObjectsRecord['problems'];
}

/** Whether something is missing in the archive, or not known to be as it should. */
export const isIncomplete = ({ proof, database, photos, outcome }: BackupResult): boolean =>
  outcome === 'saved' &&
  (proof?.result !== 'restored' ||
    database?.consistent === false ||
    (database?.rowsWithoutParent ?? []).length > 0 ||
    (database?.lostSearches ?? []).length > 0 ||
    photos?.problems.some(({ kind }) => kind === 'unreadable') === true);
