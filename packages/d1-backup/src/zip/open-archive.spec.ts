import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { ZipArchive } from 'archiver';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import { testEntries, testMetadata, withMetadata, writeTestArchive, zip } from '../testing/archive.ts';
import { rawLocal, rawZip, type RawEntry } from '../testing/raw-zip.ts';
import { openArchive } from './open-archive.ts';

const folder = temporaryFolder();

function fileWith(bytes: Uint8Array, name = 'backup-2025-09-04-143022.zip'): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const contentOf = async (file: string, path: string): Promise<string> => {
  const archive = await openArchive(file);
  try {
    return await text(await archive.open(path));
  } finally {
    await archive.close();
  }
};

const LINE = JSON.stringify({ path: 'database.sql', size: 1, sha256: 'a'.repeat(64) });

describe('an archive', () => {
  it('gives its entries, its metadata and their content', async () => {
    const photos = { 'originals/a.jpg': 'one', 'thumbnails/ü.jpg': 'two' };
    const archive = await openArchive(
      await writeTestArchive(folder, { statements: ['CREATE TABLE a (v)'], photos }),
    );
    expect([...archive.entries.keys()]).toEqual([
      'database.sql',
      'migration_state.json',
      'photos/originals/a.jpg',
      'photos/thumbnails/ü.jpg',
      'README.md',
      'metadata.json',
    ]);
    expect(archive.metadata).toMatchObject({
      formatVersion: 1,
      database: { tables: [{ name: 'a', rows: 0 }] },
    });
    expect(await text(await archive.open('photos/thumbnails/ü.jpg'))).toBe('two');
    await archive.close();
  });

  it('may be of another tool, with any metadata or none', async () => {
    for (const foreign of [[], [['metadata.json', Buffer.from('{"version":"2"}')] as const]]) {
      const archive = await openArchive(
        fileWith(await zip([['database.sql', Buffer.from('SELECT 1;')], ...foreign])),
      );
      expect(archive.metadata).toBeUndefined();
      await archive.close();
    }
  });

  it('may have folders as entries, which are no content', async () => {
    const archive = await openArchive(fileWith(rawZip([{ name: 'photos/' }, { name: 'photos/a.jpg' }])));
    expect([...archive.entries.keys()]).toEqual(['photos/a.jpg']);
    await archive.close();
  });

  it('may have the records of Zip64, which archives beyond 4 GB or 65,535 entries need', async () => {
    const zip64 = new ZipArchive({ forceZip64: true });
    zip64.append(Readable.from(['one', 'two']), { name: 'a' });
    zip64.append(Readable.from(['three']), { name: 'b', store: true });
    void zip64.finalize();
    const file = fileWith(await buffer(zip64));
    expect([await contentOf(file, 'a'), await contentOf(file, 'b')]).toEqual(['onetwo', 'three']);
  });

  it('is closed when a content is not read to its end', async () => {
    const archive = await openArchive(
      fileWith(await zip([['database.sql', Buffer.from('x'.repeat(1_000_000))]])),
    );
    (await archive.open('database.sql')).destroy();
    const unread = await archive.open('database.sql');
    await archive.close();
    expect(unread.destroyed).toBe(true);
    await archive.close();
  });
});

describe('an archive is refused', () => {
  const refused = async (bytes: Uint8Array) => {
    const { code, message, location } = await errorOf(openArchive(fileWith(bytes)));
    expect(location?.file).toBe(join(folder, 'backup-2025-09-04-143022.zip'));
    return `${code}: ${message}`;
  };

  it.each<[string, RawEntry, RegExp]>([
    ['leads out of the folder', { name: '../a' }, /unsafe.*"\.\.\/a".*leads out/],
    ['has an absolute path', { name: '/etc/passwd' }, /unsafe.*absolute/],
    ['has a drive', { name: 'C:/a' }, /unsafe.*absolute/],
    ['has a backslash', { name: 'a\\..\\b' }, /unsafe.*backslash/],
    ['has a control character', { name: 'a\u001b[2Jb' }, /unsafe.*"a\\u001b\[2Jb".*control/],
    ['is another way to write a path', { name: 'a/./b' }, /unsafe.*simplest/],
    ['is a symbolic link', { name: 'a', mode: 0o120777 }, /unsafe.*symbolic link/],
    ['is encrypted by itself', { name: 'a', flags: 0x801, deflated: true }, /unsafe.*encrypted/],
    ['is compressed in an unknown way', { name: 'a', method: 99 }, /damaged.*compression 99/],
    [
      'claims more than any compression can do',
      { name: 'a', deflated: true, size: 1e9 },
      /unsafe.*no compression/,
    ],
    [
      'has another name before its content',
      { name: 'a', localName: 'b' },
      /damaged.*two different things.*"a"/,
    ],
  ])('when an entry %s', async (_, entry, expected) => {
    expect(await refused(rawZip([{ name: 'database.sql' }, entry]))).toMatch(expected);
  });

  it('when two entries have one name', async () => {
    const zipped = rawZip([{ name: 'database.sql' }, { name: 'database.sql', content: 'DROP' }]);
    expect(await refused(zipped)).toMatch(/unsafe.*two entries named "database.sql"/);
  });

  it('when two entries share their bytes', async () => {
    const inner: RawEntry = { name: 'b', content: 'x' };
    const outer: RawEntry = { name: 'a', content: rawLocal(inner) };
    const zipped = rawZip([outer, { ...inner, offset: rawLocal({ name: 'a' }).length }]);
    expect(await refused(zipped)).toMatch(/unsafe.*two entries in one place: "a" and "b"/);
  });

  it('when it would unpack to more than its metadata accounts for', async () => {
    const bomb = rawZip([{ name: 'photos/originals/a', content: Buffer.alloc(100_000_000), deflated: true }]);
    expect(await refused(bomb)).toMatch(/unsafe.*would unpack to 100000000, and nothing accounts for it/);
  });

  it('when it is followed or preceded by something else', async () => {
    expect(await refused(rawZip([{ name: 'a' }], { trailing: 'more' }))).toMatch(/damaged/);
    expect(await refused(Buffer.concat([Buffer.from('MZ'), rawZip([{ name: 'a' }])]))).toMatch(/damaged/);
  });

  it('when it is no zip, or empty', async () => {
    expect(await refused(Buffer.from('-- SQL'))).toMatch(/damaged.*no zip, or is cut off/);
    expect(await refused(Buffer.alloc(0))).toMatch(/damaged.*no zip, or is cut off/);
  });

  it('when there is no such file', async () => {
    expect(await errorOf(openArchive(join(folder, 'backup-none.zip')))).toMatchObject({
      code: 'no-archive',
      exitCode: 2,
    });
    expect(await errorOf(openArchive(folder))).toMatchObject({ code: 'no-archive' });
  });

  it.each([
    ['is of a later version', { formatVersion: 3 }, /newer.*format version 3/],
    ['lacks a field', { proof: undefined }, /damaged.*proof is missing/],
    ['has a wrong value', { warnings: [7] }, /damaged.*warnings\[0\] should be a text, and is 7/],
    ['has a wrong entry', { entries: [{ path: 'a', size: -1, sha256: '' }] }, /entries\[0\].size should be/],
  ])('when its metadata %s', async (_, change, expected) => {
    const metadata = JSON.stringify({ ...testMetadata(), ...change });
    expect(await refused(await zip([['metadata.json', Buffer.from(metadata)]]))).toMatch(expected);
  });

  it.each([
    ['is not there', undefined, /damaged.*has no manifest.ndjson/],
    ['is another one', `${LINE}\n${LINE}\n`, /damaged.*has another manifest.ndjson than its metadata names/],
    ['is cut off', LINE, /damaged.*has a manifest.ndjson that is cut off/],
    ['has a line of nobody', '{"path":1}\n', /damaged.*path should be a text/],
    ['has a line without an end', 'x'.repeat(3_000_000), /damaged.*with a line that is too long/],
  ])('when its list of entries %s', async (_, lines, expected) => {
    const manifest = {
      entries: 1,
      objects: 0,
      sha256: createHash('sha256').update(`${LINE}\n`).digest('hex'),
    };
    const metadata = JSON.stringify({ ...testMetadata(), formatVersion: 2, manifest });
    const list = lines === undefined ? [] : ([['manifest.ndjson', Buffer.from(lines)]] as const);
    expect(await refused(await zip([...list, ['metadata.json', Buffer.from(metadata)]]))).toMatch(expected);
  });

  it('when its metadata is not JSON', async () => {
    expect(await refused(await zip([['metadata.json', Buffer.from('{"a":')]]))).toMatch(/not JSON/);
  });
});

describe('the content of an entry fails', () => {
  it.each<[string, RawEntry, RegExp]>([
    ['when its checksum is another', { name: 'a', content: 'abc', crc: 1 }, /"a".*checksum/],
    [
      'when there is more of it',
      { name: 'a', content: 'abc'.repeat(99), deflated: true, size: 5 },
      /too many bytes/,
    ],
    ['when there is less of it', { name: 'a', content: 'abc', deflated: true, size: 5 }, /not enough bytes/],
  ])('%s', async (_, entry, expected) => {
    const error = await errorOf(contentOf(fileWith(rawZip([entry])), 'a'));
    expect(error.code).toBe('damaged-archive');
    expect(error.message).toMatch(expected);
  });
});

describe('an encrypted archive', () => {
  const encrypted = async () => {
    const identity = await generateX25519Identity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const plain = await zip(
      withMetadata(new Map([['database.sql', Buffer.from('SELECT 1;')]]), testMetadata()),
    );
    const file = fileWith(await encrypter.encrypt(plain), 'backup-2025-09-04-143022.zip.age');
    const key = join(folder, 'key.txt');
    writeFileSync(key, `# created\n${identity}\n`);
    return { file, key };
  };

  it('opens with its identity, and leaves no plain copy', async () => {
    const { file, key } = await encrypted();
    const archive = await openArchive(file, { identity: key });
    expect((await buffer(await archive.open('database.sql'))).toString()).toBe('SELECT 1;');
    expect(archive.metadata?.environment.name).toBe('development');
    const tmpdir = process.env['TMPDIR'] ?? '/tmp';
    if (process.platform === 'linux')
      expect(readdirSync(tmpdir).filter((name) => name.startsWith('d1-archive-'))).toEqual([]);
    await archive.close();
  });

  it('is refused without its identity, and says which option to give', async () => {
    const { file, key } = await encrypted();
    const missing = await errorOf(openArchive(file));
    expect(missing).toMatchObject({ code: 'missing-identity', exitCode: 2 });
    expect(missing.fix).toMatch('--identity=');
    writeFileSync(key, await generateX25519Identity());
    expect(await errorOf(openArchive(file, { identity: key }))).toMatchObject({
      code: 'wrong-identity',
      exitCode: 2,
    });
    writeFileSync(key, 'AGE-SECRET-KEY-1SECRETSECRET');
    const wrong = await errorOf(openArchive(file, { identity: key }));
    expect(wrong.code).toBe('missing-identity');
    expect(wrong.message).not.toMatch('SECRETSECRET');
  });

  it('is found damaged when it was cut off', async () => {
    const { file, key } = await encrypted();
    writeFileSync(file, readFileSync(file).subarray(0, -20));
    expect(await errorOf(openArchive(file, { identity: key }))).toMatchObject({ code: 'damaged-archive' });
  });
});

it('the builder of the tests writes what a reader accepts', async () => {
  const entries = await testEntries({ statements: ['CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)'] });
  expect(entries.get('database.sql')?.toString()).toMatch('INSERT INTO "a"');
});
