import { close, fstat, open, read } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { D1Error, isD1Error, messageOf } from 'd1-core/errors';
import { fromRandomAccessReaderPromise, type RandomAccessReader, type ZipFile } from 'yauzl';
import {
  archiveError,
  ENTRIES,
  readArchiveMetadata,
  shownEntry,
  type ArchiveMetadata,
} from '../format/index.ts';
import { AGE_HEADER, decryptFile } from './age.ts';
import { FileReader } from './file-reader.ts';
import { digestEntry, openEntry } from './read-entry.ts';
import { findEntry, readDirectory, type ZipEntry } from './zip-directory.ts';

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

export interface OpenArchiveOptions {
  /** A file with age identities, for an encrypted archive. */
  readonly identity?: string | undefined;
}

/** What `metadata.json` may have: it is read as a whole. 400,000 objects take as much. */
const LARGEST_METADATA = 256 * 1024 * 1024;

/** What an archive whose metadata does not account for it may unpack to. Objects hardly compress, SQL about tenfold. */
const BELIEVABLE = { bytes: 64 * 1024 * 1024, ratio: 200 };

/**
 * Opens an archive, and checks its whole directory before anything of it is used: no name is doubled or leads out of the
 * archive, no entry is a link or encrypted by itself, none shares its bytes with another, and all together do not unpack
 * to more than can be. The content of an entry is checked while it is read. Writes nothing; an encrypted archive is
 * decrypted to a temporary file without a name.
 *
 * Throws D1Error `no-archive`, `damaged-archive`, `unsafe-archive`, `newer-archive`, `missing-identity`,
 * `wrong-identity`, `disk-full`.
 */
export async function openArchive(file: string, { identity }: OpenArchiveOptions = {}): Promise<Archive> {
  const path = resolve(file);
  const { zip, reader, close: closeAll } = await openZip(path, identity);
  const streams = new Set<Readable>();
  try {
    const entries = await readDirectory(zip, path);
    const metadata = await readMetadataEntry(zip, entries.get(ENTRIES.metadata), path);
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
  file: string,
  { identity }: OpenArchiveOptions = {},
): Promise<ArchiveMetadata | undefined> {
  const path = resolve(file);
  const { zip, close: closeAll } = await openZip(path, identity);
  try {
    return await readMetadataEntry(zip, await findEntry(zip, ENTRIES.metadata, path), path);
  } finally {
    await closeAll();
  }
}

/**
 * The same for an archive that is elsewhere, and is read in pieces. `name` is what messages call it. An encrypted one
 * would have to be read as a whole, so it is refused as one without its identity.
 */
export async function peekRemoteArchive(
  reader: RandomAccessReader,
  size: number,
  name: string,
): Promise<ArchiveMetadata | undefined> {
  if (name.endsWith('.age')) throw archiveError('missing-identity', name, 'is encrypted');
  const zip = await fromRandomAccessReaderPromise(reader, size, OPTIONS).catch((error: unknown) => {
    throw noZip(name, error);
  });
  try {
    return await readMetadataEntry(zip, await findEntry(zip, ENTRIES.metadata, name), name);
  } finally {
    zip.close();
  }
}

const OPTIONS = { autoClose: false, decodeStrings: false };

interface OpenZip {
  readonly zip: ZipFile;
  readonly reader: FileReader;
  readonly close: () => Promise<void>;
}

async function openZip(path: string, identity: string | undefined): Promise<OpenZip> {
  const source = await openSource(path, identity);
  const { size } = await promisify(fstat)(source.fd);
  const reader = new FileReader(source.fd);
  const zip = await fromRandomAccessReaderPromise(reader, size, OPTIONS).catch(async (error: unknown) => {
    await promisify(close)(source.fd);
    source.remove();
    throw noZip(path, error);
  });
  return {
    zip,
    reader,
    async close() {
      await closeZip(zip);
      source.remove();
    },
  };
}

const noZip = (file: string, cause: unknown): D1Error =>
  isD1Error(cause)
    ? cause
    : archiveError('damaged-archive', file, `is no zip, or is cut off: ${messageOf(cause)}`, { cause });

interface Source {
  /** Of a zip. */
  readonly fd: number;
  /** Called when it is closed. */
  readonly remove: () => void;
}

async function openSource(file: string, identity: string | undefined): Promise<Source> {
  const fd = await promisify(open)(file, 'r').catch((error: unknown) => {
    throw archiveError('no-archive', file, `cannot be opened: ${messageOf(error)}`, { cause: error });
  });
  try {
    const stats = await promisify(fstat)(fd);
    if (!stats.isFile()) throw archiveError('no-archive', file, 'is not a file');
    if (!(await isEncrypted(fd))) return { fd, remove: () => undefined };
  } catch (error) {
    await promisify(close)(fd);
    throw error;
  }
  await promisify(close)(fd);
  return decryptFile(file, identity);
}

async function isEncrypted(fd: number): Promise<boolean> {
  const { bytesRead, buffer } = await promisify(read)(
    fd,
    Buffer.alloc(AGE_HEADER.length),
    0,
    AGE_HEADER.length,
    0,
  );
  return Buffer.from(buffer).toString('latin1', 0, bytesRead) === AGE_HEADER;
}

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

function checkTotal(
  entries: ReadonlyMap<string, ZipEntry>,
  metadata: ArchiveMetadata | undefined,
  fileSize: number,
  file: string,
): void {
  const sum = (sizes: Iterable<{ readonly size: number }>) =>
    [...sizes].reduce((total, { size }) => total + size, 0);
  const total = sum(entries.values());
  const said = sum(metadata?.entries ?? []) + (entries.get(ENTRIES.metadata)?.size ?? 0);
  if (total <= Math.max(said, BELIEVABLE.bytes + BELIEVABLE.ratio * fileSize)) return;
  const reason = metadata === undefined ? 'nothing accounts for it' : `its metadata accounts for ${said}`;
  throw archiveError(
    'unsafe-archive',
    file,
    `has ${fileSize} bytes and would unpack to ${total}, and ${reason}`,
  );
}
