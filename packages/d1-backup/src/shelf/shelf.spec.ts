import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import { archiveName } from '../archive/index.ts';
import { testMetadata, withMetadata, zip, type TestContent } from '../testing/archive.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.ts';
import { openBucketShelf } from './bucket-shelf.ts';
import { openFolderShelf } from './folder-shelf.ts';
import {
  describeList,
  describePrune,
  listArchives,
  newestArchive,
  ofEnvironment,
  openShelf,
  prune,
  type PruneRequest,
  type Shelf,
} from './index.ts';

const NOW = new Date('2025-09-04T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY);

const PRODUCTION = { name: 'production', location: 'remote' } as const;

const bytesOf = (content: TestContent): Promise<Buffer> =>
  zip(withMetadata(new Map([['database.sql', Buffer.from('SELECT 1;')]]), testMetadata(content)));

/** Files by name: archives of the days that are named, proved where not said otherwise. */
async function archivesOf(
  days: readonly number[],
  content: TestContent = { environment: PRODUCTION },
): Promise<Record<string, Buffer>> {
  const pairs = days.map(async (days) => {
    const startedAt = daysAgo(days);
    return [archiveName(startedAt), await bytesOf({ ...content, startedAt })] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const nameOf = (days: number) => archiveName(daysAgo(days));
const UNPROVED = { environment: PRODUCTION, proof: { result: 'skipped', at: null } } as const;

const pruneOf = (shelf: Shelf, request: Partial<PruneRequest> = {}) =>
  prune({ shelf, environment: 'production', rules: { last: 1 }, dryRun: false, now: NOW, ...request });

/** What every kind of shelf has to do. */
const suite = (open: (files: Readonly<Record<string, Uint8Array>>) => Promise<Shelf>) => () => {
  it('lists archives with what their metadata says, newest first, and nothing else', async () => {
    const shelf = await open({
      ...(await archivesOf([3, 1])),
      ...(await archivesOf([2], UNPROVED)),
      'notes.txt': Buffer.from('mine'),
      'backup.zip': Buffer.from('mine too'),
      [`${nameOf(0)}.partial`]: Buffer.from('PK'),
    });
    const list = await listArchives(shelf);
    expect(list.archives.map(({ name, facts }) => [name, facts?.proof.result])).toEqual([
      [nameOf(1), 'restored'],
      [nameOf(2), 'skipped'],
      [nameOf(3), 'restored'],
    ]);
    expect(list.archives[0]?.facts).toMatchObject({ environment: 'production', location: 'remote' });
    expect(list.unfinished).toEqual([{ name: `${nameOf(0)}.partial`, size: 2 }]);
    await shelf.close();
  });

  it('says why a file with the name of an archive is not known to be one', async () => {
    const shelf = await open({
      [nameOf(1)]: Buffer.from('no zip'),
      [nameOf(2)]: await zip([['database.sql', Buffer.from('')]]),
      [nameOf(3)]: await bytesOf({ startedAt: daysAgo(30) }),
    });
    const { archives } = await listArchives(shelf);
    expect(archives.map(({ problem }) => problem)).toEqual([
      expect.stringMatching('is no zip, or is cut off'),
      'of another tool',
      expect.stringMatching('renamed'),
    ]);
    await shelf.close();
  });

  it('loses what no rule keeps, and only that', async () => {
    const shelf = await open({
      ...(await archivesOf([1, 2, 3])),
      ...(await archivesOf([4], { environment: { name: 'staging', location: 'remote' } })),
      [nameOf(5)]: Buffer.from('no zip'),
      'notes.txt': Buffer.from('mine'),
    });
    const trial = await pruneOf(shelf, { dryRun: true });
    expect((await shelf.files()).length).toBe(6);
    const result = await pruneOf(shelf);
    expect(result.removed.map(({ name }) => name)).toEqual([nameOf(2), nameOf(3)]);
    expect(result).toEqual({ ...trial, dryRun: false });
    expect(result).toMatchObject({ others: 1, failed: [] });
    expect(new Set((await shelf.files()).map(({ name }) => name))).toEqual(
      new Set([nameOf(1), nameOf(4), nameOf(5), 'notes.txt']),
    );
    await shelf.close();
  });
};

describe(
  'a folder with archives',
  suite(async (files) => {
    const folder = temporaryFolder();
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return openFolderShelf(folder);
  }),
);

describe('a bucket with archives', () => {
  let server: S3Server;
  let made = 0;
  beforeAll(async () => (server = await startS3Server(['archives'])));
  afterAll(() => server.close());

  /** Each test has a prefix of its own. */
  async function put(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
    const prefix = `d1/${(made += 1)}/`;
    for (const [name, body] of Object.entries(files))
      await server.client.send(new PutObjectCommand({ Bucket: 'archives', Key: prefix + name, Body: body }));
    return prefix;
  }

  describe(
    '',
    suite(async (files) => openBucketShelf(server.access, { bucket: 'archives', prefix: await put(files) })),
  );

  it('is read without what lies below other prefixes', async () => {
    const prefix = await put({ ...(await archivesOf([1])), [`deeper/${nameOf(2)}`]: Buffer.from('') });
    const shelf = openBucketShelf(server.access, { bucket: 'archives', prefix });
    expect((await listArchives(shelf)).archives).toHaveLength(1);
    await shelf.close();
  });

  it('is asked for the end of a large archive only', async () => {
    const large = new Map([['photos/originals/a', Buffer.alloc(8_000_000, 'x')]]);
    const bytes = Buffer.from(
      await zip(withMetadata(large, testMetadata({ startedAt: daysAgo(1), environment: PRODUCTION }))),
    );
    const prefix = await put({ [nameOf(1)]: bytes });
    const proxy = await startFaultProxy(server.access.endpoint, () => undefined);
    const shelf = openBucketShelf(
      { ...server.access, endpoint: proxy.endpoint },
      { bucket: 'archives', prefix },
    );
    expect((await listArchives(shelf)).archives[0]?.facts?.environment).toBe('production');
    expect(proxy.count()).toBeLessThan(5);
    await shelf.close();
    await proxy.close();
  });

  it('that fails is no damaged archive, and nothing is deleted', async () => {
    const prefix = await put(await archivesOf([1, 2]));
    const proxy = await startFaultProxy(server.access.endpoint, ({ method, url }) =>
      method === 'GET' && url?.includes('backup-') === true && !url.includes('list-type')
        ? { kind: 'status', status: 403 }
        : undefined,
    );
    const shelf = openBucketShelf(
      { ...server.access, endpoint: proxy.endpoint },
      { bucket: 'archives', prefix },
    );
    expect((await errorOf(pruneOf(shelf))).code).toBe('r2-denied');
    await shelf.close();
    await proxy.close();
    const direct = openBucketShelf(server.access, { bucket: 'archives', prefix });
    expect(await direct.files()).toHaveLength(2);
    await direct.close();
  });

  it('that refuses to delete leaves the archive, and the result says so', async () => {
    const prefix = await put(await archivesOf([1, 2, 3]));
    const proxy = await startFaultProxy(server.access.endpoint, ({ method, url }) =>
      method === 'DELETE' && url?.includes(nameOf(3)) === true ? { kind: 'status', status: 403 } : undefined,
    );
    const shelf = openBucketShelf(
      { ...server.access, endpoint: proxy.endpoint },
      { bucket: 'archives', prefix },
    );
    const result = await pruneOf(shelf);
    expect(result.failed.map(({ archive }) => archive.name)).toEqual([nameOf(3)]);
    expect((await shelf.files()).map(({ name }) => name).sort()).toEqual([nameOf(3), nameOf(1)].sort());
    expect(describePrune(result).join('\n')).toMatch('1 could not be deleted; they are still there');
    await shelf.close();
    await proxy.close();
  });
});

describe('pruning', () => {
  const shelfWith = async (...parts: readonly Record<string, Buffer>[]) => {
    const folder = temporaryFolder();
    for (const files of parts)
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return openFolderShelf(folder);
  };

  it('keeps the newest proved archive behind any number of newer ones', async () => {
    const shelf = await shelfWith(await archivesOf([8, 9]), await archivesOf([1, 2, 3], UNPROVED));
    const { kept, removed } = await pruneOf(shelf);
    expect(kept.map(({ archive, reasons }) => [archive.name, reasons])).toEqual([
      [nameOf(1), ['last 1 of 1']],
      [nameOf(8), ['the newest proved one']],
    ]);
    expect(removed.map(({ name }) => name)).toEqual([nameOf(2), nameOf(3), nameOf(9)]);
  });

  it('keeps archives of the future and does not count them', async () => {
    const { kept } = await pruneOf(await shelfWith(await archivesOf([-1, 1, 2])));
    expect(kept.map(({ archive, reasons }) => [archive.name, reasons])).toEqual([
      [nameOf(-1), ['from the future']],
      [nameOf(1), ['the newest proved one', 'last 1 of 1']],
    ]);
  });

  it('needs a rule', async () => {
    const shelf = await shelfWith(await archivesOf([1, 2]));
    expect(await errorOf(pruneOf(shelf, { rules: {} }))).toMatchObject({ code: 'no-keep-rule', exitCode: 2 });
    expect(await shelf.files()).toHaveLength(2);
  });

  it('shows what is kept and why, what goes, and how much room that makes', async () => {
    const shelf = await shelfWith(await archivesOf([1, 2]));
    const text = describePrune(await pruneOf(shelf, { dryRun: true })).join('\n');
    expect(text).toMatch(/keep +backup-2025-09-03-120000\.zip .* {2}the newest proved one, last 1 of 1/);
    expect(text).toMatch(/would delete +backup-2025-09-02-120000\.zip/);
    expect(text).toMatch(/1 archive would go \(\d+ B\), 1 archive kept\. Nothing was deleted\./);
  });
});

describe('a folder', () => {
  it('that is not there has no archives', async () => {
    const shelf = openFolderShelf(join(temporaryFolder(), 'none'));
    expect((await listArchives(shelf)).archives).toEqual([]);
    expect((await errorOf(newestArchive(shelf.place))).code).toBe('no-archive');
  });

  it('gives its newest archive by name, not by the times of files', async () => {
    const folder = temporaryFolder();
    for (const name of [nameOf(1), nameOf(5), 'z.zip', `${nameOf(0)}.partial`])
      writeFileSync(join(folder, name), '');
    expect(await newestArchive(folder)).toBe(join(folder, nameOf(1)));
  });

  it('may hold links and folders with such names, which are not touched', async () => {
    const folder = temporaryFolder();
    const elsewhere = join(temporaryFolder(), 'kept.zip');
    writeFileSync(elsewhere, await bytesOf({ startedAt: daysAgo(9), environment: PRODUCTION }));
    symlinkSync(elsewhere, join(folder, nameOf(9)));
    mkdirSync(join(folder, nameOf(8)));
    for (const [name, bytes] of Object.entries(await archivesOf([1])))
      writeFileSync(join(folder, name), bytes);
    expect((await pruneOf(openFolderShelf(folder))).removed).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(readFileSync(elsewhere).length).toBeGreaterThan(0);
  });

  it('may hold encrypted archives, which are known only with their identity', async () => {
    const folder = temporaryFolder();
    const identity = await generateX25519Identity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const key = join(folder, 'key.txt');
    writeFileSync(key, identity);
    for (const [name, bytes] of Object.entries(await archivesOf([1, 2])))
      writeFileSync(join(folder, `${name}.age`), await encrypter.encrypt(bytes));
    const blind = await pruneOf(openFolderShelf(folder));
    expect(blind.kept.map(({ reasons }) => reasons)).toEqual(
      Array(2).fill(['not known to be an archive of this tool: encrypted']),
    );
    expect((await pruneOf(openFolderShelf(folder, key))).removed.map(({ name }) => name)).toEqual([
      `${nameOf(2)}.age`,
    ]);
  });

  it('shows its archives in a table, those of other environments only as a number', async () => {
    const folder = temporaryFolder();
    const files = {
      ...(await archivesOf([1])),
      ...(await archivesOf([2], { environment: { name: 'staging', location: 'remote' } })),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const list = await listArchives(openFolderShelf(folder));
    const text = describeList(ofEnvironment(list, 'production'), NOW).join('\n');
    expect(text).toMatch(
      /backup-2025-09-03-120000\.zip {2}24 hours {2}production \(remote\) {2}\d+ B.*restored/,
    );
    expect(text).toMatch('1 archive of other environments; --all shows them');
  });
});

it('a place is a folder of the workspace, or a bucket by its address', async () => {
  const request = { workspaceRoot: '/work', accountId: undefined };
  expect(openShelf(request).place).toMatch(/backups$/);
  expect(() => openShelf({ ...request, output: 's3://' })).toThrow('names no bucket');
  expect(() => openShelf({ ...request, output: 'gs://bucket' })).toThrow('names no bucket');
});
