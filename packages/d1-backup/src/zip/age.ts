import { createHash } from 'node:crypto';
import { close as closeFd, createReadStream, createWriteStream, open as openFd, writeFile } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Decrypter } from 'age-encryption';
import { D1Error, explainFileError, isD1Error, messageOf } from 'd1-core/errors';
import { makeThrowAwayFolder } from 'd1-core/node';
import { archiveError } from '../format/index.ts';

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
 * allows that, so that nothing of it stays when the process is killed. `open` opens one that is elsewhere. Throws D1Error
 * `missing-identity`, `wrong-identity`, `damaged-archive`, `disk-full`.
 */
export async function decryptFile(
  file: string,
  identity: string | undefined,
  open: () => Readable = () => createReadStream(file),
): Promise<PlainFile> {
  if (identity === undefined) throw archiveError('missing-identity', file, 'is encrypted');
  const decrypter = await readIdentity(file, identity);
  const encrypted = open();
  try {
    const plain = await decrypter.decrypt(Readable.toWeb(encrypted)).catch((error: unknown) => {
      throw /no identity matched/.test(messageOf(error))
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
    const reason = `is encrypted, and the identity cannot be read: ${messageOf(error)}`;
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
  isD1Error(cause)
    ? cause
    : archiveError('damaged-archive', file, `cannot be decrypted: ${messageOf(cause)}`, { cause });

/** Throws D1Error `invalid-recipient` for what is no age recipient, such as `age1…`. */
export async function requireRecipients(recipients: readonly string[]): Promise<void> {
  if (recipients.length === 0) return; // The library takes time to load.
  const { Encrypter } = await import('age-encryption');
  for (const recipient of recipients) {
    try {
      new Encrypter().addRecipient(recipient);
    } catch (cause) {
      throw invalid(recipient, cause);
    }
  }
}

export interface EncryptOptions {
  /** Stops the work, which then throws what it was stopped with. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Encrypts a file to recipients, who open it with the `age` tool or with `--identity`: https://age-encryption.org/v1
 * The result is decrypted again and compared before anybody relies on it. For that one more recipient is added, whose
 * identity is made here, never leaves the memory, and is forgotten.
 */
export async function encryptArchive(
  file: string,
  to: string,
  recipients: readonly string[],
  { signal, onProgress = () => undefined }: EncryptOptions = {},
): Promise<void> {
  const { Encrypter, generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  encrypter.addRecipient(await identityToRecipient(identity));
  const expected = createHash('sha256');
  const { size } = await stat(file);
  let read = 0;
  const plain = createReadStream(file, { highWaterMark: CHUNK });
  plain.on('data', (chunk) => {
    expected.update(chunk);
    read += chunk.length;
    onProgress(size === 0 ? 1 : (0.5 * read) / size);
  });
  plain.pause();
  const encrypted = await encrypter.encrypt(Readable.toWeb(plain));
  await pipeline(
    Readable.fromWeb(encrypted),
    createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true, highWaterMark: CHUNK }),
    { signal },
  );
  const decrypted = await decryptedHash(to, identity, (bytes) => {
    signal?.throwIfAborted();
    onProgress(0.5 + (0.5 * bytes) / Math.max(1, size));
  });
  if (decrypted === expected.digest('hex')) return;
  throw new D1Error({
    code: 'encryption-differs',
    message: 'The encrypted archive does not decrypt to what was encrypted, so it was not kept.',
    fix: 'Run it again; if it stays, check the disk and the memory of this machine.',
  });
}

const CHUNK = 1024 * 1024;

async function decryptedHash(
  file: string,
  identity: string,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = await decrypter.decrypt(Readable.toWeb(createReadStream(file, { highWaterMark: CHUNK })));
  for await (const chunk of Readable.fromWeb(stream)) {
    hash.update(chunk);
    onBytes((bytes += chunk.length));
  }
  return hash.digest('hex');
}

function invalid(recipient: string, cause: unknown): D1Error {
  const isSecret = /^AGE-SECRET-KEY/i.test(recipient);
  return new D1Error({
    code: 'invalid-recipient',
    message: isSecret
      ? 'An identity was given as a recipient. It is secret, and anyone who saw this command line has it now.'
      : `This is no age recipient: ${recipient}`,
    fix: isSecret
      ? 'Make a new identity with "age-keygen", and give the public key that it prints: --recipient=age1…'
      : 'Give the public key that "age-keygen" prints: --recipient=age1…',
    exitCode: 2,
    ...(isSecret ? {} : { cause }),
  });
}
