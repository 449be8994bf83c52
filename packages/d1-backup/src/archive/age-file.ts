import { close as closeFd, createReadStream, open as openFd, writeFile } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Decrypter } from 'age-encryption';
import { D1Error } from 'd1-core/errors';
import { archiveError, reasonOf } from './archive-error.ts';

/** How an encrypted file begins: https://age-encryption.org/v1 */
export const AGE_HEADER = 'age-encryption.org/v1\n';

/** A decrypted copy. */
export interface PlainFile {
  /** Whoever takes it closes it. */
  readonly fd: number;
  /** To be called when it is closed. */
  readonly remove: () => Promise<void>;
}

/**
 * Decrypts a file to a temporary one, which only this user can read. It has no name while it is used, where the system
 * allows that, so that nothing of it stays when the process is killed. Throws D1Error `missing-identity`,
 * `wrong-identity`, `damaged-archive`, `disk-full`.
 */
export async function decryptFile(file: string, identity: string | undefined): Promise<PlainFile> {
  if (identity === undefined) throw archiveError('missing-identity', file, 'is encrypted');
  const decrypter = await readIdentity(file, identity);
  const encrypted = createReadStream(file);
  try {
    const plain = await decrypter.decrypt(Readable.toWeb(encrypted)).catch((error: unknown) => {
      throw /no identity matched/.test(reasonOf(error))
        ? archiveError('wrong-identity', file, `is not encrypted to the identity in ${identity}`)
        : undecryptable(file, error);
    });
    return await keep(file, plain);
  } finally {
    encrypted.destroy();
  }
}

async function readIdentity(file: string, identity: string): Promise<Decrypter> {
  const text = await readFile(identity, 'utf8').catch((error: unknown) => {
    const reason = `is encrypted, and the identity cannot be read: ${reasonOf(error)}`;
    throw archiveError('missing-identity', file, reason);
  });
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const line of lines) decrypter.addIdentity(line);
    if (lines.length > 0) return decrypter;
  } catch {
    // The library's error may show the key.
  }
  const reason = `is encrypted, and ${identity} is not a list of identities (AGE-SECRET-KEY-…)`;
  throw archiveError('missing-identity', file, reason);
}

async function keep(file: string, plain: AsyncIterable<Uint8Array>): Promise<PlainFile> {
  const folder = await mkdtemp(join(tmpdir(), 'd1-archive-'));
  const remove = () => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  const fd = await promisify(openFd)(join(folder, 'archive.zip'), 'wx+', 0o600);
  // Windows keeps the name of an open file; there it goes at the end.
  await remove();
  try {
    for await (const chunk of plain) await promisify(writeFile)(fd, chunk);
    return { fd, remove };
  } catch (error) {
    await promisify(closeFd)(fd);
    await remove();
    throw isFull(error) ? diskFull(error) : undecryptable(file, error);
  }
}

const undecryptable = (file: string, cause: unknown): D1Error =>
  archiveError('damaged-archive', file, `cannot be decrypted: ${reasonOf(cause)}`, { cause });

const isFull = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'ENOSPC' || error.code === 'EDQUOT');

const diskFull = (cause: unknown): D1Error =>
  new D1Error({
    code: 'disk-full',
    message: `There is not enough room in ${tmpdir()} to decrypt the archive.`,
    fix: 'Make room, or set TMPDIR to a folder with as much room as the archive has bytes.',
    notes: ['Nothing of it stays there.'],
    cause,
  });
