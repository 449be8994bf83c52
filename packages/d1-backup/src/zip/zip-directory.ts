import { isD1Error, messageOf, type D1Error } from 'd1-core/errors';
import { getFileNameLowLevel, type Entry, type LocalFileHeader, type ZipFile } from 'yauzl';
import { archiveError, shownEntry } from '../format/index.ts';

/** Control characters, which would change what a terminal or a list shows. */
const CONTROL = /\p{Cc}/u;

/**
 * Why an entry must not have such a name, or undefined. A safe one stays below the folder that it is
 * unpacked to, and is the only way to write that place: `a/./b` and `a//b` would be second names of `a/b`.
 */
export function nameProblem(path: string): string | undefined {
  if (path === '') return 'has no name';
  if (CONTROL.test(path)) return 'has a control character in its name';
  if (path.includes('\\'))
    return 'has a backslash in its name, which is a way into another folder on Windows';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'has an absolute path';
  const segments = path.split('/');
  if (segments.includes('..')) return 'leads out of the folder that it would be unpacked to';
  if (segments.includes('.') || segments.includes('')) return 'has a path that is not in its simplest form';
  return undefined;
}

/** Kinds of files of Unix, from the upper half of an entry's external attributes: https://linux.die.net/man/2/stat */
const FILE_KINDS: Readonly<Record<number, string>> = {
  0o010000: 'a pipe',
  0o020000: 'a device',
  0o060000: 'a device',
  0o120000: 'a symbolic link',
  0o140000: 'a socket',
};

/** What an entry is that is neither a file nor a folder. */
export const specialKind = (externalAttributes: number): string | undefined =>
  FILE_KINDS[(externalAttributes >>> 16) & 0o170000];

/** Where the content of an entry is, and what the zip says of it. */
export interface ZipEntry {
  readonly path: string;
  /** Bytes, uncompressed. */
  readonly size: number;
  readonly compressedSize: number;
  readonly isCompressed: boolean;
  readonly crc32: number;
  /** The byte of the file where its content begins, when what stands before it agrees with the directory. */
  readonly findContent: () => Promise<number>;
}

/** Part of an entry, of the file that holds it: from, up to but not including. */
interface Extent {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** How many bytes of its own may follow, that the directory does not tell of. */
  readonly more: { readonly least: number; readonly most: number };
}

/** Deflate makes 258 bytes of two bits at best: https://www.zlib.net/zlib_tech.html */
const LARGEST_RATIO = 1032;

/** The sizes after the content of an entry that was written as a stream; APPNOTE.TXT 4.3.9. */
const DESCRIPTOR_BYTES = { least: 12, most: 24 };

const NONE = { least: 0, most: 0 };

const HEADER_BYTES = 30;

/** Notes in the header before a content, of which the directory does not tell: APPNOTE.TXT 4.4.11 */
const MOST_NOTES = 65_535;

const END_BYTES = 22;
const ZIP64_END_BYTES = 56 + 20;

/**
 * Lists the files of a zip, in its order, and checks the whole directory before anything is read: names, kinds, sizes,
 * that each entry begins where it should, and that every byte of the file belongs to exactly one. Of a zip that
 * `isElsewhere` each beginning is looked at when the content is read: it takes a request. Throws D1Error
 * `damaged-archive` and `unsafe-archive`.
 */
export async function readDirectory(
  zip: ZipFile,
  file: string,
  isElsewhere: boolean,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  const extents: Extent[] = [];
  // The types of the library say boolean; it is where the directory begins.
  const directoryStart = Number(zip.readEntryCursor);
  for await (const entry of entriesOf(zip, file)) {
    const name = nameOf(entry);
    checkEntry(entry, name, file);
    const find = async () => (await readHeader(zip, entry, name, file)).fileDataStart;
    const start = entry.relativeOffsetOfLocalHeader;
    const found = isElsewhere ? undefined : await find();
    const { least, most } = (entry.generalPurposeBitFlag & 8) === 0 ? NONE : DESCRIPTOR_BYTES;
    extents.push({
      path: name,
      start,
      end: (found ?? start + HEADER_BYTES + entry.fileNameRaw.length) + entry.compressedSize,
      more: { least, most: found === undefined ? most + MOST_NOTES : most },
    });
    if (name.endsWith('/')) continue;
    if (entries.has(name))
      throw archiveError('unsafe-archive', file, `has two entries named ${shownEntry(name)}`);
    entries.set(name, zipEntry(entry, name, found === undefined ? find : async () => found));
  }
  checkEnd(zip, file);
  checkExtents(extents, directoryStart, file);
  return entries;
}

/** Looks for one entry, and checks only that one. */
export async function findEntry(zip: ZipFile, path: string, file: string): Promise<ZipEntry | undefined> {
  for await (const entry of entriesOf(zip, file)) {
    if (nameOf(entry) !== path) continue;
    checkEntry(entry, path, file);
    return zipEntry(entry, path, async () => (await readHeader(zip, entry, path, file)).fileDataStart);
  }
  return undefined;
}

const nameOf = (entry: Entry): string =>
  getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);

const zipEntry = (entry: Entry, path: string, findContent: ZipEntry['findContent']): ZipEntry => ({
  path,
  size: entry.uncompressedSize,
  compressedSize: entry.compressedSize,
  isCompressed: entry.compressionMethod !== 0,
  crc32: entry.crc32,
  findContent,
});

/** A place that cannot be read says nothing of the archive. */
const damaged = (file: string, message: string, cause: unknown): D1Error =>
  isD1Error(cause) ? cause : archiveError('damaged-archive', file, message, { cause });

async function* entriesOf(zip: ZipFile, file: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw damaged(file, `has a damaged directory: ${messageOf(error)}`, error);
  }
}

function checkEntry(entry: Entry, name: string, file: string): void {
  const isFolder = name.endsWith('/');
  const shown = shownEntry(name);
  const problem = nameProblem(isFolder ? name.slice(0, -1) : name);
  if (problem !== undefined)
    throw archiveError('unsafe-archive', file, `has an entry, ${shown}, that ${problem}`);
  const kind = specialKind(entry.externalFileAttributes);
  if (kind !== undefined)
    throw archiveError('unsafe-archive', file, `has an entry, ${shown}, that is ${kind}`);
  if (isFolder && entry.uncompressedSize > 0)
    throw archiveError('unsafe-archive', file, `has a folder with content of its own, ${shown}`);
  if (entry.isEncrypted()) {
    const reason = 'which is encrypted with a password; archives are encrypted as a whole, with age';
    throw archiveError('unsafe-archive', file, `has an entry, ${shown}, ${reason}`);
  }
  if (!entry.canDecodeFileData()) {
    const method = entry.compressionMethod;
    throw archiveError(
      'damaged-archive',
      file,
      `has an entry, ${shown}, with the unknown compression ${method}`,
    );
  }
  if (entry.uncompressedSize > LARGEST_RATIO * (entry.compressedSize + 1)) {
    const sizes = `${entry.compressedSize} bytes that claim to be ${entry.uncompressedSize}`;
    throw archiveError(
      'unsafe-archive',
      file,
      `has an entry, ${shown}, of ${sizes}, which no compression can do`,
    );
  }
}

/** Reads what the zip says of an entry a second time, before its content, and compares. */
async function readHeader(zip: ZipFile, entry: Entry, name: string, file: string): Promise<LocalFileHeader> {
  const shown = shownEntry(name);
  const header = await zip.readLocalFileHeaderPromise(entry).catch((error: unknown) => {
    throw damaged(file, `has no entry where ${shown} should begin: ${messageOf(error)}`, error);
  });
  const isSame =
    header.fileName.equals(entry.fileNameRaw) &&
    header.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    header.compressionMethod === entry.compressionMethod &&
    sameFigures(header, entry);
  if (isSame) return header;
  throw archiveError('damaged-archive', file, `says two different things of its entry ${shown}`);
}

/** An entry that was written as a stream has no figures before its content, or zeros. */
function sameFigures(header: LocalFileHeader, entry: Entry): boolean {
  const isStreamed = (entry.generalPurposeBitFlag & 8) !== 0;
  const same = (here: number, there: number) =>
    here === there || here === 0xffffffff || (isStreamed && here === 0);
  return (
    same(header.crc32, entry.crc32) &&
    same(header.compressedSize, entry.compressedSize) &&
    same(header.uncompressedSize, entry.uncompressedSize)
  );
}

/** The directory must reach to the record that ends the file: else entries are left out of it. */
function checkEnd(zip: ZipFile, file: string): void {
  const end = zip.fileSize - END_BYTES - zip.comment.length;
  const reached = Number(zip.readEntryCursor);
  if (reached === end || reached === end - ZIP64_END_BYTES) return;
  throw archiveError('damaged-archive', file, 'has a directory that does not list all of its entries');
}

/** Entries that share bytes are how a small file unpacks to a huge one; bytes of no entry hide something. */
function checkExtents(extents: readonly Extent[], directoryStart: number, file: string): void {
  let last: Extent = { path: '', start: 0, end: 0, more: NONE };
  const directory = { path: 'its directory', start: directoryStart, end: directoryStart, more: NONE };
  for (const extent of [...extents.toSorted((a, b) => a.start - b.start), directory]) {
    const shown = extent === directory ? extent.path : shownEntry(extent.path);
    const gap = extent.start - last.end;
    if (gap < 0)
      throw archiveError(
        'unsafe-archive',
        file,
        `has two entries in one place: ${shownEntry(last.path)} and ${shown}`,
      );
    if (gap < last.more.least || gap > last.more.most)
      throw archiveError('damaged-archive', file, `has ${gap} bytes before ${shown} that belong to no entry`);
    last = extent;
  }
}
