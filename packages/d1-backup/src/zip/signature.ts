import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer, text } from 'node:stream/consumers';
import { D1Error, messageOf } from 'd1-core/errors';
import { archiveError, ENTRIES } from '../format/index.ts';
import type { Archive } from './open-archive.ts';

/**
 * Signatures as minisign makes them: https://jedisct1.github.io/minisign/#signature-format
 * Signed is `metadata.json`, which has the SHA-256 of every other entry; the signature is the entry after it.
 */

/** What is signed: the BLAKE2b-512 of a file. */
const PREHASHED = Buffer.from('ED');
const KEY_KIND = Buffer.from('Ed');
const ID_BYTES = 8;

/** What stands before the 32 bytes of an Ed25519 key in DER: https://www.rfc-editor.org/rfc/rfc8410 */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');

export interface Signer {
  /** Sixteen hexadecimal digits, as minisign shows them. */
  readonly keyId: string;
  /** The text of a signature. `comment` is signed, too; it has one line. */
  sign(content: Buffer, comment: string): string;
}

/**
 * Reads a secret key that `minisign -G -W` made, without a password: whoever makes backups at night cannot type one. Throws D1Error
 * `invalid-key`.
 */
export async function readSigner(file: string): Promise<Signer> {
  const key = await keyOf(file);
  // Kind, kdf, checksum: two bytes each; salt, limits; then the id, seed, public key and checksum.
  const [kdf, rest] = [key.subarray(2, 4), key.subarray(54)];
  if (!key.subarray(0, 2).equals(KEY_KIND) || rest.length !== ID_BYTES + 96)
    throw invalidKey(file, 'is no secret key of minisign');
  if (kdf.some((byte) => byte !== 0)) throw invalidKey(file, 'is protected with a password');
  const id = rest.subarray(0, ID_BYTES);
  const seed = rest.subarray(ID_BYTES, ID_BYTES + 32);
  const secret = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
  return {
    keyId: idText(id),
    sign(content, comment) {
      const signature = sign(null, digest(content), secret);
      const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), secret);
      const line = Buffer.concat([PREHASHED, id, signature]).toString('base64');
      return `untrusted comment: signature of metadata.json by d1-backup\n${line}\ntrusted comment: ${comment}\n${global.toString('base64')}\n`;
    },
  };
}

/**
 * Checks that an archive was signed with the key that belongs to the public one in a file. Returns the comment that was signed. That every entry is the one that the metadata names is to be checked as well. Throws D1Error `not-signed`,
 * `wrong-signature`, `invalid-key`.
 */
export async function requireSignature(
  archive: Pick<Archive, 'file' | 'entries' | 'open'>,
  publicKey: string,
): Promise<string> {
  const key = await keyOf(publicKey);
  if (key.length !== 42 || !key.subarray(0, 2).equals(KEY_KIND))
    throw invalidKey(publicKey, 'is no public key of minisign');
  if (!archive.entries.has(ENTRIES.signature))
    throw archiveError('not-signed', archive.file, 'has no signature');
  const [, line = '', said = '', end = ''] = (await text(await archive.open(ENTRIES.signature))).split('\n');
  const comment = /^trusted comment: (.*)$/.exec(said)?.[1] ?? '';
  const [packed, global] = [Buffer.from(line, 'base64'), Buffer.from(end, 'base64')];
  const [kind, id, signature] = [packed.subarray(0, 2), packed.subarray(2, 10), packed.subarray(10)];
  const wrong = (reason: string) => archiveError('wrong-signature', archive.file, reason);
  if (!kind.equals(PREHASHED) || signature.length !== 64) throw wrong('has a signature that cannot be read');
  const ids = [id, key.subarray(2, 10)] as const;
  if (!ids[0].equals(ids[1]))
    throw wrong(`is signed with the key ${idText(ids[0])}, and not with ${idText(ids[1])}`);
  const open = createPublicKey({
    key: Buffer.concat([PUBLIC_DER, key.subarray(10)]),
    format: 'der',
    type: 'spki',
  });
  const content = await buffer(await archive.open(ENTRIES.metadata));
  const isSigned =
    verify(null, digest(content), open, signature) &&
    verify(null, Buffer.concat([signature, Buffer.from(comment)]), open, global);
  if (isSigned) return comment;
  throw wrong('was changed after it was signed, or its signature is of another archive');
}

const digest = (content: Buffer): Buffer => createHash('blake2b512').update(content).digest();

const idText = (id: Buffer): string => Buffer.from(id).reverse().toString('hex').toUpperCase();

/** The bytes on the second line of a file with a key. */
async function keyOf(file: string): Promise<Buffer> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw invalidKey(file, `cannot be read: ${messageOf(error)}`);
  });
  return Buffer.from(content.split('\n')[1] ?? '', 'base64');
}

const invalidKey = (file: string, reason: string): D1Error =>
  new D1Error({
    code: 'invalid-key',
    message: `The key ${file} ${reason}.`,
    fix: 'Make a pair with "minisign -G -W -s <secret key> -p <public key>": --sign takes the secret one, --signer the public one.',
    exitCode: 2,
  });
