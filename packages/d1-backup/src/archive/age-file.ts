import { close as closeFd, createReadStream, open as openFd, writeFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Decrypter } from 'age-encryption';
import { explainFileError, type D1Error } from 'd1-core/errors';
import { makeThrowAwayFolder } from 'd1-core/node';
import { archiveError, reasonOf } from './archive-error.ts';

/** How an encrypted file begins: https://age-encryption.org/v1 */
export const AGE_HEADER = 'age-encryption.org/v1\n';

/** A decrypted copy. */
export interface PlainFile {
  /** Whoever takes it closes it. */
  readonly fd: number;
  /** To be called when it is closed. */
  readonly remove: () => void;
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
  const folder = makeThrowAwayFolder();
  const fd = await promisify(openFd)(join(folder.path, 'archive.zip'), 'wx+', 0o600);
  // Windows keeps the name of an open file; there it goes at the end.
  folder.remove();
  try {
    for await (const chunk of plain) await promisify(writeFile)(fd, chunk);
    return { fd, remove: folder.remove };
  } catch (error) {
    await promisify(closeFd)(fd);
    folder.remove();
    throw (
      explainFileError(error, { file: folder.path, notes: ['Nothing of it stays there.'] }) ??
      undecryptable(file, error)
    );
  }
}

const undecryptable = (file: string, cause: unknown): D1Error =>
  archiveError('damaged-archive', file, `cannot be decrypted: ${reasonOf(cause)}`, { cause });
