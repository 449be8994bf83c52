import { createHash } from 'node:crypto';
import { close, fstat, open, read } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { D1Error, isD1Error, messageOf } from 'd1-core/errors';
import { fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import {
  archiveError,
  ENTRIES,
  readArchiveMetadata,
  shownEntry,
  withLists,
  type ArchiveMetadata,
} from '../format/index.ts';
import { AGE_HEADER, decryptFile, type PlainFile } from './age.ts';
import type { BlockReader } from './block-reader.ts';
import { FileReader } from './file-reader.ts';
import { RangeReader, streamOf, type RemoteFile } from './range-reader.ts';
import { digestEntry, openEntry } from './read-entry.ts';
import { findEntry, readDirectory, type ZipEntry } from './zip-directory.ts';

/** An open archive. */
export interface Archive {
  /** An absolute path, or an address. */
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

export interface OpenArchiveOptions {
  /** A file with age identities, for an encrypted archive. */
  readonly identity?: string | undefined;
}

/** What `metadata.json` may have: it is read as a whole. In the first version of the format it also had the lists. */
const LARGEST_METADATA = 256 * 1024 * 1024;

/** What an archive whose metadata does not account for it may unpack to. Objects hardly compress, SQL about tenfold. */
const BELIEVABLE = { bytes: 64 * 1024 * 1024, ratio: 200 };

/**
 * Opens an archive, and checks its whole directory before anything of it is used: no name is doubled or leads out of the
 * archive, no entry is a link or encrypted by itself, none shares its bytes with another, and all together do not unpack
 * to more than can be. The content of an entry is checked while it is read. One that is elsewhere is read by ranges.
 * Writes nothing; an encrypted archive is decrypted to a temporary file without a name.
 *
 * Throws D1Error `no-archive`, `damaged-archive`, `unsafe-archive`, `newer-archive`, `missing-identity`,
 * `wrong-identity`, `disk-full`.
 */
export async function openArchive(
  file: string | RemoteFile,
  { identity }: OpenArchiveOptions = {},
): Promise<Archive> {
  const { path, zip, reader, close: closeAll } = await openZip(file, identity);
  const streams = new Set<Readable>();
  try {
    const entries = await readDirectory(zip, path, reader instanceof RangeReader);
    const head = await readMetadataEntry(zip, entries.get(ENTRIES.metadata), path);
    const metadata = head && (await readLists(zip, entries.get(ENTRIES.manifest), head, path));
    checkTotal(entries, metadata, zip.fileSize, path);
    return {
      file: path,
      entries,
      metadata,
      async open(name) {
        const stream = await openEntry(zip, known(entries, name, path), path);
        streams.add(stream.once('close', () => streams.delete(stream)));
        return stream;
      },
      digest: async (name, onRead = () => undefined) =>
        digestEntry({ zip, reader }, known(entries, name, path), path, onRead),
      async close() {
        // One that nobody reads would keep the file open.
        for (const stream of streams) stream.destroy();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function known(entries: ReadonlyMap<string, ZipEntry>, name: string, file: string): ZipEntry {
  const entry = entries.get(name);
  if (entry === undefined) throw archiveError('damaged-archive', file, `has no entry ${shownEntry(name)}`);
  return entry;
}

/**
 * Reads only the metadata of an archive, and checks nothing else. Undefined for one of another tool. Throws what
 * `openArchive` throws.
 */
export async function peekArchive(
  file: string | RemoteFile,
  { identity }: OpenArchiveOptions = {},
): Promise<ArchiveMetadata | undefined> {
  const { path, zip, close: closeAll } = await openZip(file, identity);
  try {
    return await readMetadataEntry(zip, await findEntry(zip, ENTRIES.metadata, path), path);
  } finally {
    await closeAll();
  }
}

interface OpenZip {
  /** As messages name it. */
  readonly path: string;
  readonly zip: ZipFile;
  readonly reader: BlockReader;
  readonly close: () => Promise<void>;
}

async function openZip(file: string | RemoteFile, identity: string | undefined): Promise<OpenZip> {
  const { path, reader, size, remove } =
    typeof file === 'string' ? await openFile(resolve(file), identity) : await openElsewhere(file, identity);
  const options = { autoClose: false, decodeStrings: false };
  const zip = await fromRandomAccessReaderPromise(reader, size, options).catch(async (error: unknown) => {
    await new Promise((closed) => reader.close(closed));
    remove();
    throw noZip(path, error);
  });
  return {
    path,
    zip,
    reader,
    async close() {
      await closeZip(zip);
      remove();
    },
  };
}

const noZip = (file: string, cause: unknown): D1Error =>
  isD1Error(cause)
    ? cause
    : archiveError('damaged-archive', file, `is no zip, or is cut off: ${messageOf(cause)}`, { cause });

interface ZipSource {
  readonly path: string;
  readonly reader: BlockReader;
  /** Bytes. */
  readonly size: number;
  /** Called when it is closed. */
  readonly remove: () => void;
}

async function openFile(path: string, identity: string | undefined): Promise<ZipSource> {
  const fd = await promisify(open)(path, 'r').catch((error: unknown) => {
    throw archiveError('no-archive', path, `cannot be opened: ${messageOf(error)}`, { cause: error });
  });
  try {
    const stats = await promisify(fstat)(fd);
    if (!stats.isFile()) throw archiveError('no-archive', path, 'is not a file');
    const first = await promisify(read)(fd, Buffer.alloc(AGE_HEADER.length), 0, AGE_HEADER.length, 0);
    if (!isEncrypted(Buffer.from(first.buffer).subarray(0, first.bytesRead)))
      return { path, reader: new FileReader(fd), size: stats.size, remove: () => undefined };
  } catch (error) {
    await promisify(close)(fd);
    throw error;
  }
  await promisify(close)(fd);
  return plainSource(path, await decryptFile(path, identity));
}

/** An encrypted archive cannot be read by ranges, so it is fetched as a whole. */
async function openElsewhere(file: RemoteFile, identity: string | undefined): Promise<ZipSource> {
  const { address: path, size } = file;
  if (isEncrypted(await file.readRange(0, Math.min(size, AGE_HEADER.length))))
    return plainSource(path, await decryptFile(path, identity, () => streamOf(file)));
  return { path, reader: new RangeReader(file), size, remove: () => undefined };
}

async function plainSource(path: string, { fd, remove }: PlainFile): Promise<ZipSource> {
  const { size } = await promisify(fstat)(fd);
  return { path, reader: new FileReader(fd), size, remove };
}

const isEncrypted = (first: Buffer): boolean => first.toString('latin1') === AGE_HEADER;

/** The file is closed by the library, when the last stream of it has ended. */
async function closeZip(zip: ZipFile): Promise<void> {
  if (!zip.isOpen) return;
  const closed = new Promise((done) => zip.once('close', done));
  zip.close();
  await closed;
}

/** Reads the metadata of a zip; undefined where there is none, or another tool's. */
async function readMetadataEntry(
  zip: ZipFile,
  entry: ZipEntry | undefined,
  file: string,
): Promise<ArchiveMetadata | undefined> {
  if (entry === undefined) return undefined;
  if (entry.size > LARGEST_METADATA)
    throw archiveError('unsafe-archive', file, `has a metadata.json of ${entry.size} bytes`);
  return readArchiveMetadata(await text(await openEntry(zip, entry, file)), file);
}

/** Reads the lists of an archive that has them in an entry of their own. Its metadata names the SHA-256 of that. */
async function readLists(
  zip: ZipFile,
  entry: ZipEntry | undefined,
  metadata: ArchiveMetadata,
  file: string,
): Promise<ArchiveMetadata> {
  const { manifest } = metadata;
  if (manifest === undefined) return metadata;
  if (entry === undefined) throw archiveError('damaged-archive', file, `has no ${ENTRIES.manifest}`);
  if (entry.size > BELIEVABLE.bytes + BELIEVABLE.ratio * zip.fileSize)
    throw archiveError('unsafe-archive', file, `has a ${ENTRIES.manifest} of ${entry.size} bytes`);
  const hash = createHash('sha256');
  const content = await openEntry(zip, entry, file);
  content.on('data', (chunk: Buffer) => hash.update(chunk));
  content.pause();
  const whole = await withLists(metadata, content, file);
  if (hash.digest('hex') === manifest.sha256 && whole.entries.length === manifest.entries) return whole;
  throw archiveError('damaged-archive', file, `has another ${ENTRIES.manifest} than its metadata names`);
}

function checkTotal(
  entries: ReadonlyMap<string, ZipEntry>,
  metadata: ArchiveMetadata | undefined,
  fileSize: number,
  file: string,
): void {
  const sum = (sizes: Iterable<{ readonly size: number }>) =>
    [...sizes].reduce((total, { size }) => total + size, 0);
  const total = sum(entries.values());
  const ofLists = [ENTRIES.metadata, ENTRIES.manifest].flatMap((path) => entries.get(path) ?? []);
  const said = sum(metadata?.entries ?? []) + sum(ofLists);
  if (total <= Math.max(said, BELIEVABLE.bytes + BELIEVABLE.ratio * fileSize)) return;
  const reason = metadata === undefined ? 'nothing accounts for it' : `its metadata accounts for ${said}`;
  throw archiveError(
    'unsafe-archive',
    file,
    `has ${fileSize} bytes and would unpack to ${total}, and ${reason}`,
  );
}
