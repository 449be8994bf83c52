import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { terminalText } from 'd1-core/report';
import { errorOf, temporaryFolder } from 'd1-core/testing';
import type { S3Access } from '../bucket/credentials.ts';
import { openRemoteStore } from '../bucket/remote-store.ts';
import { testMetadata, withMetadata, zip } from '../testing/archive.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.ts';
import {
  archiveBytes,
  archivesOf,
  daysAgo,
  nameOf,
  PRODUCTION,
  pruneShelf,
  UNPROVED,
} from '../testing/shelves.ts';
import { openBucketShelf } from './bucket-shelf.ts';
import { describePrune } from './describe-prune.ts';
import { openFolderShelf } from './folder-shelf.ts';
import { listArchives, type Shelf } from './list-archives.ts';

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
    expect(list.unfinished).toMatchObject([{ name: `${nameOf(0)}.partial`, size: 2 }]);
    await shelf.close();
  });

  it('says why a file with the name of an archive is not known to be one', async () => {
    const shelf = await open({
      [nameOf(1)]: Buffer.from('no zip'),
      [nameOf(2)]: await zip([['database.sql', Buffer.from('')]]),
      [nameOf(3)]: await archiveBytes({ startedAt: daysAgo(30) }),
      [`${nameOf(4)}.age`]: Buffer.from('age-encryption.org/v1\n'),
    });
    const { archives } = await listArchives(shelf);
    expect(archives.map(({ problem }) => problem)).toEqual([
      expect.stringMatching('is no zip, or is cut off'),
      'of another tool',
      expect.stringMatching('renamed'),
      'encrypted',
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
    const trial = await pruneShelf(shelf, { dryRun: true });
    expect((await shelf.files()).length).toBe(6);
    const result = await pruneShelf(shelf);
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

const openIn = (access: S3Access, prefix: string) =>
  openBucketShelf(openRemoteStore({ access, bucket: 'archives', connections: 4 }), prefix);

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
    suite(async (files) => openIn(server.access, await put(files))),
  );

  it('is read without what lies below other prefixes', async () => {
    const prefix = await put({ ...(await archivesOf([1])), [`deeper/${nameOf(2)}`]: Buffer.from('') });
    const shelf = openIn(server.access, prefix);
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
    const shelf = openIn({ ...server.access, endpoint: proxy.endpoint }, prefix);
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
    const shelf = openIn({ ...server.access, endpoint: proxy.endpoint }, prefix);
    expect((await errorOf(pruneShelf(shelf))).code).toBe('r2-denied');
    await shelf.close();
    await proxy.close();
    const direct = openIn(server.access, prefix);
    expect(await direct.files()).toHaveLength(2);
    await direct.close();
  });

  it('that refuses to delete leaves the archive, and the result says so', async () => {
    const prefix = await put(await archivesOf([1, 2, 3]));
    const proxy = await startFaultProxy(server.access.endpoint, ({ method, url }) =>
      method === 'DELETE' && url?.includes(nameOf(3)) === true ? { kind: 'status', status: 403 } : undefined,
    );
    const shelf = openIn({ ...server.access, endpoint: proxy.endpoint }, prefix);
    const result = await pruneShelf(shelf);
    expect(result.failed.map(({ archive }) => archive.name)).toEqual([nameOf(3)]);
    expect((await shelf.files()).map(({ name }) => name).sort()).toEqual([nameOf(3), nameOf(1)].sort());
    expect(terminalText(describePrune(result))).toMatch('1 could not be deleted; they are still there');
    await shelf.close();
    await proxy.close();
  });
});
