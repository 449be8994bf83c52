import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { D1Error } from 'd1-core/errors';

/** Throws D1Error `invalid-recipient` for what is no age recipient, such as `age1…`. */
export function readRecipients(recipients: readonly string[]): readonly string[] {
  for (const recipient of recipients) {
    try {
      new Encrypter().addRecipient(recipient);
    } catch (cause) {
      throw invalid(recipient, cause);
    }
  }
  return recipients;
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
  onProgress: (fraction: number) => void = () => undefined,
): Promise<void> {
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
  );
  if (
    (await decryptedHash(to, identity, (bytes) => onProgress(0.5 + (0.5 * bytes) / Math.max(1, size)))) ===
    expected.digest('hex')
  )
    return;
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
      ? 'An identity was given as a recipient. It is secret, and whoever saw this command line knows it now.'
      : `This is no age recipient: ${recipient}`,
    fix: isSecret
      ? 'Make a new identity with "age-keygen", and give the public key that it prints: --recipient=age1…'
      : 'Give the public key that "age-keygen" prints: --recipient=age1…',
    exitCode: 2,
    ...(isSecret ? {} : { cause }),
  });
}
