import { isD1Error } from 'd1-core/errors';
import { archiveTime, PARTIAL, type ArchiveMetadata } from '../format/index.ts';

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

/** An archive on a shelf, by its name and its metadata. */
export interface ListedArchive extends ShelfFile {
  /** When it was begun. */
  readonly time: Date;
  /** Undefined when the file is not known to be an archive of ours; then `problem` says why. */
  readonly facts: ArchiveFacts | undefined;
  readonly problem: string | undefined;
}

/** What a list shows of the metadata. */
export interface ArchiveFacts {
  readonly environment: string;
  readonly location: ArchiveMetadata['environment']['location'];
  readonly proof: ArchiveMetadata['proof'];
  /** Undefined in an archive without a database. */
  readonly rows: number | undefined;
  /** Undefined in an archive without photos. */
  readonly photos: number | undefined;
}

export interface ShelfList {
  readonly place: string;
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  /** What a backup has begun and not finished, or is writing now. */
  readonly unfinished: readonly ShelfFile[];
}

/** Files that have the name of an archive; all others are passed over. */
export async function listArchives(shelf: Shelf): Promise<ShelfList> {
  const files = await shelf.files();
  const archives: ListedArchive[] = [];
  for (const file of files) {
    const time = archiveTime(file.name);
    if (time !== undefined) archives.push({ ...file, time, ...(await look(shelf, file, time)) });
  }
  return {
    place: shelf.place,
    archives: archives.sort((a, b) => b.time.getTime() - a.time.getTime() || (a.name < b.name ? 1 : -1)),
    unfinished: files.filter(({ name }) => isUnfinished(name)),
  };
}

const isUnfinished = (name: string): boolean =>
  name.endsWith(PARTIAL) && archiveTime(name.slice(0, -PARTIAL.length)) !== undefined;

/** A copy may have been renamed; then nobody can say which of the two times is right. Milliseconds. */
const SAME_TIME = 60_000;

/** The problem of an archive whose identity was not given. */
export const ENCRYPTED = 'encrypted';

async function look(
  shelf: Shelf,
  file: ShelfFile,
  time: Date,
): Promise<Pick<ListedArchive, 'facts' | 'problem'>> {
  const unknown = (problem: string) => ({ facts: undefined, problem });
  try {
    const metadata = await shelf.peek(file);
    if (metadata === undefined) return unknown('of another tool');
    const { environment, startedAt, database, photos, proof } = metadata;
    if (Math.abs(Date.parse(startedAt) - time.getTime()) > SAME_TIME)
      return unknown(`renamed: it was begun at ${startedAt}`);
    const rows = database?.tables.reduce((sum, table) => sum + table.rows, 0);
    return {
      facts: {
        environment: environment.name,
        location: environment.location,
        proof,
        rows,
        photos: photos?.objects.length,
      },
      problem: undefined,
    };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    if (error.code === 'missing-identity') return unknown(ENCRYPTED);
    const isAboutFile = error.code.endsWith('-archive') || error.code.endsWith('-identity');
    if (!isAboutFile) throw error;
    return unknown(error.message);
  }
}
