import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { errorOf, targetIn, temporaryFolder } from 'd1-core/testing';
import { backupWorkspace, outputOf, putLocalObjects, save } from '../testing/backups.ts';
import { encryptArchive } from './age.ts';
import { openArchive } from './open-archive.ts';

const makeKeys = async () => {
  const identity = await generateX25519Identity();
  const key = join(temporaryFolder(), 'key.txt');
  writeFileSync(key, `${identity}\n`);
  return { key, recipient: await identityToRecipient(identity) };
};

describe('an archive for recipients', () => {
  it('is not made when the run is stopped while it encrypts, and nothing plain is left', async () => {
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { 'originals/a': 'secret' });
    const controller = new AbortController();
    const { recipient } = await makeKeys();
    const error = await errorOf(
      save(workspace, targetIn(workspace), {
        parts: 'photos',
        recipients: [recipient],
        signal: controller.signal,
        onProgress: (what) => (what.startsWith('encrypting') ? controller.abort() : undefined),
      }),
    );
    expect(error).toMatchObject({ code: 'interrupted' });
    expect(readdirSync(outputOf(workspace))).toEqual([]);
  });

  it('opens with the identity of each, and nothing plain is left', async () => {
    const [one, two] = [await makeKeys(), await makeKeys()];
    const workspace = backupWorkspace();
    const secret = randomBytes(300_000);
    await putLocalObjects(workspace, { 'originals/a': secret });
    const { file = '', proof } = await save(workspace, targetIn(workspace), {
      parts: 'photos',
      recipients: [one.recipient, two.recipient],
    });
    expect(proof?.result).toBe('restored');
    expect(readdirSync(outputOf(workspace))).toEqual([basename(file), `${basename(file)}.json`]);
    expect(file).toMatch(/\.zip\.age$/);
    expect(readFileSync(file).includes(secret.subarray(0, 64))).toBe(false);
    for (const { key } of [one, two]) {
      const archive = await openArchive(file, { identity: key });
      expect(archive.metadata?.photos?.objects).toMatchObject([{ key: 'originals/a', size: 300_000 }]);
      await archive.close();
    }
    const again = await save(workspace, targetIn(workspace), {
      parts: 'photos',
      previous: file,
      identity: one.key,
    });
    expect(again.photos).toMatchObject({ objects: 1, reused: 1 });
  });

  it('leaves nothing behind when it fails', async () => {
    const { recipient } = await makeKeys();
    const workspace = backupWorkspace();
    await putLocalObjects(workspace, { a: randomBytes(100_000), b: 'two' });
    const controller = new AbortController();
    const error = await errorOf(
      save(workspace, targetIn(workspace), {
        parts: 'photos',
        recipients: [recipient],
        signal: controller.signal,
        onProgress: (what) => (what.startsWith('reading the archive') ? controller.abort() : undefined),
      }),
    );
    expect(error).toMatchObject({ code: 'interrupted', fix: 'Run it again.' });
    expect(readdirSync(outputOf(workspace))).toEqual([]);
  });

  it('is refused for what is no recipient, and never shows an identity', async () => {
    const workspace = backupWorkspace();
    const identity = await generateX25519Identity();
    for (const [given, code] of [
      ['age1nonsense', 'no age recipient: age1nonsense'],
      [identity, 'secret'],
    ] as const) {
      const error = await errorOf(save(workspace, targetIn(workspace), { recipients: [given] }));
      expect(error).toMatchObject({ code: 'invalid-recipient', exitCode: 2 });
      expect(error.message).toContain(code);
      expect(JSON.stringify([error.message, error.fix, error.notes])).not.toContain(identity);
    }
  });

  it('may be larger than the memory: it is encrypted as a stream', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'large');
    execFileSync('truncate', ['--size=200M', file]);
    const { recipient } = await makeKeys();
    let most = 0;
    const before = process.memoryUsage().rss;
    await encryptArchive(file, join(folder, 'large.age'), [recipient], {
      onProgress: () => {
        most = Math.max(most, process.memoryUsage().rss - before);
      },
    });
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });
});
