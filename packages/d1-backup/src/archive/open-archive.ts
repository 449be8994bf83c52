import { close, fstat, open, read } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { fromFdPromise, type ZipFile } from 'yauzl';
import { AGE_HEADER, decryptFile } from './age-file.ts';
import type { Archive } from './archive.ts';
import { archiveError, reasonOf, shownEntry } from './archive-error.ts';
import { openEntry } from './entry-stream.ts';
import { ENTRIES } from './layout.ts';
import type { ArchiveMetadata } from './metadata.ts';
import { readArchiveMetadata } from './read-metadata.ts';
import { readDirectory, type ZipEntry } from './zip-directory.ts';

export interface OpenArchiveOptions {
  /** A file with age identities, for an encrypted archive. */
  readonly identity?: string | undefined;
}

/** What `metadata.json` may have: it is read as a whole. 400,000 photos take as much. */
const LARGEST_METADATA = 256 * 1024 * 1024;

/** What an archive whose metadata does not account for it may unpack to. Photos hardly compress, SQL about tenfold. */
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
  const source = await openSource(path, identity);
  const zip = await fromFdPromise(source.fd, { autoClose: false, decodeStrings: false }).catch(
    async (error: unknown) => {
      await promisify(close)(source.fd);
      await source.remove();
      throw archiveError('damaged-archive', path, `is no zip, or is cut off: ${reasonOf(error)}`, {
        cause: error,
      });
    },
  );
  const closeAll = async () => {
    await closeZip(zip);
    await source.remove();
  };
  try {
    const entries = await readDirectory(zip, path);
    const metadata = await readMetadataEntry(zip, entries.get(ENTRIES.metadata), path);
    checkTotal(entries, metadata, zip.fileSize, path);
    return {
      file: path,
      entries,
      metadata,
      async open(name) {
        const entry = entries.get(name);
        if (entry === undefined)
          throw archiveError('damaged-archive', path, `has no entry ${shownEntry(name)}`);
        return openEntry(zip, entry, path);
      },
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Source {
  /** Of a zip. */
  readonly fd: number;
  /** Called when it is closed. */
  readonly remove: () => Promise<void>;
}

async function openSource(file: string, identity: string | undefined): Promise<Source> {
  const fd = await promisify(open)(file, 'r').catch((error: unknown) => {
    throw archiveError('no-archive', file, `cannot be opened: ${reasonOf(error)}`, { cause: error });
  });
  try {
    const stats = await promisify(fstat)(fd);
    if (!stats.isFile()) throw archiveError('no-archive', file, 'is not a file');
    if (!(await isEncrypted(fd))) return { fd, remove: async () => undefined };
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
export async function readMetadataEntry(
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
