import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { errorOf, targetIn, temporaryFolder } from 'd1-core/testing';
import { openChosen } from '../shelf/index.ts';
import { testEntries, zip } from '../testing/archive.ts';
import { backupWorkspace, putLocalObjects, save } from '../testing/backups.ts';
import { verifyFile } from '../testing/verification.ts';
import { readSigner, requireSignature } from './signature.ts';

/** Files as `minisign -G -W` makes them. */
function makePair(kdf = Buffer.from([0, 0])): { readonly secret: string; readonly open: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = randomBytes(8);
  const folder = temporaryFolder();
  const write = (name: string, ...parts: readonly Buffer[]) => {
    writeFileSync(
      join(folder, name),
      `untrusted comment: a key\n${Buffer.concat(parts).toString('base64')}\n`,
    );
    return join(folder, name);
  };
  const kind = Buffer.from('Ed');
  return {
    secret: write(
      'secret.key',
      kind,
      kdf,
      Buffer.from('B2'),
      Buffer.alloc(48),
      id,
      seed,
      raw,
      Buffer.alloc(32),
    ),
    open: write('public.pub', kind, id, raw),
  };
}

it('a signature of minisign itself is understood', async () => {
  // Of the documentation of https://github.com/jedisct1/rust-minisign-verify
  const key = join(temporaryFolder(), 'minisign.pub');
  writeFileSync(key, 'untrusted comment: key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n');
  const signature = [
    'untrusted comment: signature from minisign secret key',
    'RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=',
    'trusted comment: timestamp:1633700835\tfile:test\tprehashed',
    'wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==',
  ].join('\n');
  const archiveOf = (content: string) => ({
    file: 'backup.zip',
    entries: new Map([['metadata.json.minisig', { path: 'metadata.json.minisig', size: signature.length }]]),
    open: async (path: string) =>
      Readable.from([Buffer.from(path.endsWith('minisig') ? signature : content)]),
  });
  expect(await requireSignature(archiveOf('test'), key)).toBe('timestamp:1633700835\tfile:test\tprehashed');
  expect((await errorOf(requireSignature(archiveOf('Test'), key))).code).toBe('wrong-signature');
});

it('an archive that is signed is opened for its signer alone, as it was signed', async () => {
  const workspace = backupWorkspace();
  await putLocalObjects(workspace, { a: 'one' });
  const [pair, other] = [makePair(), makePair()];
  const { file = '' } = await save(workspace, targetIn(workspace), { parts: 'photos', sign: pair.secret });
  const choice = { archive: file, workspaceRoot: '/', environment: { name: 'development' } };
  await (await openChosen({ ...choice, signer: pair.open })).close();
  expect((await verifyFile(file, 'hashes')).problems).toEqual([]);

  expect(await errorOf(openChosen({ ...choice, signer: other.open }))).toMatchObject({
    code: 'wrong-signature',
    message: expect.stringMatching(/is signed with the key [0-9A-F]{16}, and not with [0-9A-F]{16}/),
  });

  const entries = await testEntries();
  const signer = await readSigner(pair.secret);
  const forged = signer.sign(Buffer.from('another metadata.json'), 'backup of development');
  const crafted = join(temporaryFolder(), 'crafted.zip');
  writeFileSync(crafted, await zip([...entries, ['metadata.json.minisig', Buffer.from(forged)]]));
  expect(await errorOf(openChosen({ ...choice, archive: crafted, signer: pair.open }))).toMatchObject({
    code: 'wrong-signature',
    message: expect.stringContaining('was changed after it was signed'),
  });
  writeFileSync(crafted, await zip(entries));
  expect((await errorOf(openChosen({ ...choice, archive: crafted, signer: pair.open }))).code).toBe(
    'not-signed',
  );
});

it('a key that is none, or that needs a password, is refused before anything is read', async () => {
  const { open, secret } = makePair(Buffer.from('Sc'));
  expect((await errorOf(readSigner(secret))).message).toContain('is protected with a password');
  expect((await errorOf(readSigner(open))).message).toContain('is no secret key of minisign');
  expect((await errorOf(readSigner('/nowhere'))).message).toContain('cannot be read');
});
