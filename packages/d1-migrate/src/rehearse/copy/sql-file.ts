import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { openPromise, type ZipFile } from 'yauzl';

/** SQL that arrives in chunks. */
export interface SqlSource {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of all chunks together. */
  readonly bytes: number;
  close(): void;
}

/** The file of an archive that holds the database. */
const ENTRY = 'database.sql';

/** Opens a file of SQL, or the archive of a backup with one in it. Throws D1Error when it is neither. */
export async function openSqlFile(file: string): Promise<SqlSource> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false) {
    throw new D1Error({
      code: 'no-such-dump',
      message: `There is no file ${file}.`,
      fix: 'Give a path relative to the workspace root: --from=backups/production.zip, or a .sql file.',
      exitCode: 2,
    });
  }
  if (await isEncrypted(file)) throw encrypted(file);
  if (!file.toLowerCase().endsWith('.zip')) {
    return { chunks: createReadStream(file), bytes: statSync(file).size, close: () => undefined };
  }
  return openArchive(file);
}

/** How an encrypted file begins: https://age-encryption.org/v1 */
const AGE_HEADER = 'age-encryption.org/v1\n';

async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(AGE_HEADER.length), 0, AGE_HEADER.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === AGE_HEADER;
  } finally {
    await handle.close();
  }
}

async function openArchive(file: string): Promise<SqlSource> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw notAnArchive(file, cause instanceof Error ? cause.message : String(cause));
  });
  const entry = await findEntry(zip);
  if (entry === undefined) {
    zip.close();
    throw notAnArchive(file, `it has no ${ENTRY}`);
  }
  const stream: Readable = await zip.openReadStreamPromise(entry);
  return { chunks: stream, bytes: entry.uncompressedSize, close: () => zip.close() };
}

async function findEntry(zip: ZipFile) {
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === ENTRY || entry.fileName.endsWith(`/${ENTRY}`)) return entry;
  }
  return undefined;
}

const encrypted = (file: string): D1Error =>
  new D1Error({
    code: 'encrypted-archive',
    message: `${basename(file)} is encrypted, and a rehearsal has no key.`,
    fix: `Write its database into a folder with "${commandLine('d1-backup:restore', '--archive=<file>', '--identity=<file>', '--databaseOnly', '--extractTo=<folder>')}". Then rehearse with --from=<folder>/database.sql, and delete the folder.`,
    location: { file },
    exitCode: 2,
  });

const notAnArchive = (file: string, reason: string): D1Error =>
  new D1Error({
    code: 'unreadable-archive',
    message: `${file} is not an archive of a backup: ${reason}.`,
    fix: `Give an archive that "${commandLine('d1-backup:backup')}" has written, or a file of SQL.`,
    location: { file },
    exitCode: 2,
  });
