import { Readable } from 'node:stream';
import { isD1Error } from 'd1-core/errors';
import { ordered } from '../bucket/index.ts';
import {
  archiveTime,
  factsOf,
  manifestName,
  PARTIAL,
  readManifest,
  type ArchiveFacts,
  type ArchiveMetadata,
} from '../format/index.ts';
import type { Archive } from '../zip/index.ts';

/** Where archives are kept: a folder, or a bucket. */
export interface Shelf {
  /** As people name it: a path, or `s3://bucket/prefix`. */
  readonly place: string;
  /** All files directly in it, whatever they are. */
  files(): Promise<readonly ShelfFile[]>;
  /** Reads the metadata of an archive; undefined for one of another tool. Throws what `openArchive` throws. */
  peek(file: ShelfFile): Promise<ArchiveMetadata | undefined>;
  /** Opens an archive as a whole. `identity` is for encrypted ones. Throws what `openArchive` throws. */
  open(file: ShelfFile, identity?: string): Promise<Archive>;
  /** The text of a small file. */
  read(file: ShelfFile): Promise<string>;
  remove(file: ShelfFile): Promise<void>;
  close(): Promise<void>;
}

export interface ShelfFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** In a bucket. */
  readonly etag?: string;
}

/** An archive on a shelf, by its name and its metadata. */
export interface ListedArchive extends ShelfFile {
  /** When it was begun. */
  readonly time: Date;
  /** Undefined when the file is not known to be an archive of ours; then `problem` says why. */
  readonly facts: ArchiveFacts | undefined;
  readonly problem: string | undefined;
  /** What puts archives in order: a clock that had gone back does not make an archive older than those that were there. */
  readonly order: Date;
  /** The plain file beside an encrypted one. */
  readonly manifest: ShelfFile | undefined;
}

export interface ShelfList {
  readonly place: string;
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
  /** What a backup has begun and not finished, or is writing now. */
  readonly unfinished: readonly ShelfFile[];
}

/** Archives that are looked at at a time. */
const LOOKS = 4;

/** Files that have the name of an archive; all others are passed over. */
export async function listArchives(shelf: Shelf): Promise<ShelfList> {
  const files = await shelf.files();
  const byName = new Map(files.map((file) => [file.name, file]));
  const named = files.flatMap((file) => {
    const time = archiveTime(file.name);
    return time === undefined ? [] : [{ ...file, time, manifest: byName.get(manifestName(file.name)) }];
  });
  const archives: ListedArchive[] = [];
  const looks = ordered(
    Readable.from(named),
    { concurrency: LOOKS },
    async (one: (typeof named)[number]): Promise<ListedArchive> => {
      const known = await look(shelf, one, one.time, one.manifest);
      const notBefore = Date.parse(known.facts?.notBefore ?? '');
      const order = Number.isNaN(notBefore)
        ? one.time
        : new Date(Math.max(one.time.getTime(), notBefore + 1));
      return { ...one, order, ...known };
    },
    async () => undefined,
  );
  for await (const archive of looks) archives.push(archive);
  return {
    place: shelf.place,
    archives: archives.sort(newestFirst),
    unfinished: files.filter(({ name }) => isUnfinished(name)),
  };
}

/** Of two that are equally new, such as a pair whose clock had gone back, the one with the later name. */
export const newestFirst = (
  a: Pick<ListedArchive, 'order' | 'time' | 'name'>,
  b: Pick<ListedArchive, 'order' | 'time' | 'name'>,
): number =>
  b.order.getTime() - a.order.getTime() || b.time.getTime() - a.time.getTime() || (a.name < b.name ? 1 : -1);

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
  manifest: ShelfFile | undefined,
): Promise<Pick<ListedArchive, 'facts' | 'problem'>> {
  const unknown = (problem: string) => ({ facts: undefined, problem });
  const known = (facts: ArchiveFacts) =>
    Math.abs(Date.parse(facts.startedAt) - time.getTime()) > SAME_TIME
      ? unknown(`renamed: it was begun at ${facts.startedAt}`)
      : { facts, problem: undefined };
  try {
    const metadata = await shelf.peek(file);
    return metadata === undefined ? unknown('of another tool') : known(factsOf(metadata));
  } catch (error) {
    if (!isD1Error(error)) throw error;
    if (error.code === 'missing-identity') {
      const facts = manifest && readManifest(await shelf.read(manifest), file.size);
      return facts === undefined ? unknown(ENCRYPTED) : known(facts);
    }
    const isAboutFile = error.code.endsWith('-archive') || error.code.endsWith('-identity');
    if (!isAboutFile) throw error;
    return unknown(error.message);
  }
}
