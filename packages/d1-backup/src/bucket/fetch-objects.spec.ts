import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { isD1Error } from 'd1-core/errors';
import { temporaryFolder, testWrangler } from 'd1-core/testing';
import type { ObjectMetadata, ObjectProblem, ObjectRecord } from '../format/index.ts';
import { startFaultProxy, type Fault } from '../testing/fault-proxy.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.ts';
import { fetchObjects, type PreviousObjects } from './fetch-objects.ts';
import { openLocalStore } from './local-store.ts';
import { openRemoteStore } from './remote-store.ts';
import { listObjects } from './requests.ts';
import type { ObjectStore } from './store.ts';

const MEBIBYTE = 1024 * 1024;
const NONE: ObjectMetadata = { custom: {} };
const FAST = { firstWait: 1 };

async function put(store: ObjectStore, key: string, content: Buffer | string, more: object = {}) {
  const bytes = Buffer.from(content);
  const read = (from: number) => Readable.from([bytes.subarray(from)], { objectMode: false });
  return store.put({ key, size: bytes.length, metadata: NONE, read, ...more });
}

interface Taken {
  readonly records: readonly ObjectRecord[];
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly problems: readonly ObjectProblem[];
  readonly reused: readonly string[];
}

interface TakeOptions {
  readonly prefix?: string;
  readonly previous?: PreviousObjects;
  readonly memory?: number;
}

const PLACES: readonly [string, TakeOptions][] = [
  ['in memory', {}],
  ['on disk', { memory: 0 }],
];

async function take(store: ObjectStore, more: TakeOptions = {}): Promise<Taken> {
  const staging = temporaryFolder();
  const records: ObjectRecord[] = [];
  const contents = new Map<string, Buffer>();
  const problems: ObjectProblem[] = [];
  const reused: string[] = [];
  const onProblem = (problem: ObjectProblem) => problems.push(problem);
  for await (const photo of fetchObjects({ store, staging, onProblem, retry: FAST, ...more })) {
    const { content } = photo;
    const chunks: Buffer[] = [];
    if (Buffer.isBuffer(content)) chunks.push(content);
    else for await (const chunk of content()) chunks.push(chunk);
    contents.set(photo.record.key, Buffer.concat(chunks));
    records.push(photo.record);
    if (photo.from === 'previous') reused.push(photo.record.key);
    await photo.discard();
  }
  expect(readdirSync(staging)).toEqual([]);
  return { records, contents, problems, reused };
}

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

const METADATA: ObjectMetadata = {
  contentType: 'image/jpeg',
  cacheControl: 'max-age=60',
  contentDisposition: 'attachment; filename="a.jpg"',
  contentLanguage: 'de',
  custom: { artist: 'Käthe 日', plain: 'x y' },
};

let server: S3Server;
const buckets = ['odd', 'large', 'pages', 'faults', 'encoded', 'kms'];
beforeAll(async () => {
  server = await startS3Server(buckets);
});
afterAll(() => server.close());

const remote = (bucket: string, endpoint = server.access.endpoint) =>
  openRemoteStore({ access: { ...server.access, endpoint }, bucket });
const local = () => openLocalStore({ wrangler: testWrangler(), bucket: 'photos' });

describe.each([
  ['at Cloudflare', remote],
  ['on this machine', local],
])('a bucket %s', (where, open) => {
  it('gives objects with odd keys, their content and their metadata', async () => {
    const store = open('odd');
    const keys = [
      'a b+c%20.jpg',
      'A.jpg',
      'a.jpg',
      'ü/日.png',
      'x',
      'x/y',
      'x//y',
      '/lead',
      'emoji😀',
      'empty',
      'tab\t"<&>',
    ];
    // The S3 server of Miniflare does not know these, and S3 has no way to name some.
    if (where === 'on this machine') keys.push('line\nfeed', '../up', 'a/./b');
    for (const key of keys) {
      await put(store, key, key === 'empty' ? '' : `content of ${key}`, {
        metadata: { ...NONE, contentType: 'text/plain' },
      });
    }
    // The S3 server of Miniflare compresses once more what has an encoding.
    const metadata = where === 'on this machine' ? { ...METADATA, contentEncoding: 'gzip' } : METADATA;
    await put(store, 'thumbnails/t.jpg', 'a thumbnail', { metadata });
    const { records, contents, problems } = await take(store);
    expect(problems).toEqual([]);
    expect([...contents.keys()].sort()).toEqual([...keys, 'thumbnails/t.jpg'].sort());
    for (const key of keys)
      expect(contents.get(key)?.toString()).toBe(key === 'empty' ? '' : `content of ${key}`);
    expect(records.find(({ key }) => key === 'thumbnails/t.jpg')).toEqual({
      key: 'thumbnails/t.jpg',
      path: 'photos/thumbnails/t.jpg',
      etag: createHash('md5').update('a thumbnail').digest('hex'),
      size: 11,
      sha256: sha256('a thumbnail'),
      metadata,
      check: 'md5',
      partSize: undefined,
    });
    await store.close();
  });

  it.each(PLACES)('gives objects that wait %s, below a prefix', async (_, place) => {
    const store = open('large');
    const content = randomBytes(20 * MEBIBYTE + 7);
    await put(store, 'originals/large.tif', content);
    await put(store, 'other', 'x');
    const { records, contents } = await take(store, { prefix: 'originals/', ...place });
    expect(records).toMatchObject([
      { key: 'originals/large.tif', path: 'photos/originals/large.tif', sha256: sha256(content) },
    ]);
    expect(contents.get('originals/large.tif')?.equals(content)).toBe(true);
    expect(records[0]?.check).toBe(where === 'at Cloudflare' ? 'multipart' : 'md5');
    await store.close();
  });
});

it('an object that the server encodes again on the way is reported', async () => {
  const store = remote('encoded');
  const metadata = { ...NONE, contentEncoding: 'gzip' };
  await put(store, 'encoded', 'x', { metadata });
  const { problems } = await take(store, { prefix: 'encoded' });
  expect(problems).toMatchObject([{ key: 'encoded', kind: 'unreadable' }]);
  await store.close();
});

it('a key that S3 cannot name is reported, and the other objects are there', async () => {
  const persistTo = temporaryFolder();
  const writer = openLocalStore({ wrangler: testWrangler(), bucket: 'photos', persistTo });
  for (const key of ['../up', 'a/../b', 'fine']) await put(writer, key, key);
  await writer.close();
  const own = await startS3Server(['photos', 'up'], persistTo);
  const store = openRemoteStore({ access: own.access, bucket: 'photos' });
  const { contents, problems } = await take(store);
  expect([...contents.keys()]).toEqual(['fine']);
  expect(problems).toMatchObject([
    { key: '../up', kind: 'unreadable' },
    { key: 'a/../b', kind: 'unreadable' },
  ]);
  await store.close();
  await own.close();
});

it('lists page after page', async () => {
  const store = remote('pages');
  const names = Array.from({ length: 1005 }, (_, index) => `p/${String(index).padStart(4, '0')}`);
  for (let from = 0; from < names.length; from += 50) {
    await Promise.all(names.slice(from, from + 50).map((key) => put(store, key, key)));
  }
  const listed: string[] = [];
  for await (const { key } of listObjects(store)) listed.push(key);
  expect(listed).toEqual(names);
  await store.close();
});

describe('when the connection to Cloudflare is bad', () => {
  const large = randomBytes(3 * MEBIBYTE);
  beforeAll(async () => {
    const store = remote('faults');
    for (let index = 0; index < 20; index++) await put(store, `small/${index}`, `content ${index}`);
    await put(store, 'large', large);
    await store.close();
  });

  async function takeThrough(plan: (path: string) => Fault | undefined, more = {}) {
    const proxy = await startFaultProxy(server.access.endpoint, (request) => plan(request.url ?? ''));
    const store = remote('faults', proxy.endpoint);
    try {
      return await take(store, more);
    } finally {
      await store.close();
      await proxy.close();
    }
  }

  it.each<[string, Fault]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['answers 503', { kind: 'status', status: 503 }],
    ['answers 429 and how long to wait', { kind: 'status', status: 429, headers: { 'retry-after': '0.01' } }],
    ['resets the connection', { kind: 'reset' }],
    ['breaks off', { kind: 'cut', bytes: 5 }],
    ['changes a bit', { kind: 'corrupt' }],
  ])(
    'all objects come whole from a server that at the first two requests for each thing %s',
    async (_, fault) => {
      const requests = new Map<string, number>();
      const { contents, problems } = await takeThrough((path) => {
        const count = (requests.get(path) ?? 0) + 1;
        requests.set(path, count);
        // A list has no checksum that would tell a changed bit.
        const isStruck = count <= 2 && (fault.kind !== 'corrupt' || !path.includes('list-type'));
        return isStruck ? fault : undefined;
      });
      expect(problems).toEqual([]);
      expect(contents.size).toBe(21);
      for (let index = 0; index < 20; index++) {
        expect(contents.get(`small/${index}`)?.toString()).toBe(`content ${index}`);
      }
      expect(contents.get('large')?.equals(large)).toBe(true);
    },
  );

  it.each(PLACES)(
    'an object %s goes on where the connection broke, however often that is',
    async (_, place) => {
      const { contents } = await takeThrough(
        (path) => (path.includes('/large') ? { kind: 'cut', bytes: 300_000 } : undefined),
        { prefix: 'large', ...place },
      );
      expect(contents.get('large')?.equals(large)).toBe(true);
    },
  );

  it('the run fails when the server does not recover', async () => {
    const error = await takeThrough((path) =>
      path.includes('small/7') ? { kind: 'status', status: 503 } : undefined,
    ).catch((reason: unknown) => reason);
    expect(isD1Error(error) && error).toMatchObject({ code: 'r2-failed' });
  });

  it('an object that is deleted, and one that is replaced meanwhile, are reported', async () => {
    const store = remote('faults');
    await put(store, 'gone', 'soon');
    await put(store, 'new', 'before');
    const { contents, problems } = await takeThrough((path) => {
      if (path.includes('/gone')) return { kind: 'status', status: 404 };
      if (!path.includes('/new')) return undefined;
      const command = new PutObjectCommand({ Bucket: 'faults', Key: 'new', Body: 'after' });
      return { kind: 'first', work: async () => void (await server.client.send(command)) };
    }, {});
    expect(contents.get('new')?.toString()).toBe('after');
    expect(problems).toContainEqual(expect.objectContaining({ key: 'new', kind: 'replaced' }));
    // The server says that it is not there, and still lists it.
    expect(problems).toContainEqual(expect.objectContaining({ key: 'gone', kind: 'unreadable' }));
    await store.close();
  });

  it('objects that have not changed are taken from an earlier archive, if it has what it says', async () => {
    const store = remote('faults');
    const first = await take(store, { prefix: 'small/1' });
    const damaged = 'small/12';
    const previous: PreviousObjects = {
      find: (key) => first.records.find((record) => record.key === key),
      open: async ({ key }) => Readable.from([key === damaged ? 'damaged' : (first.contents.get(key) ?? '')]),
    };
    await put(store, 'small/13', 'new content');
    const second = await take(store, { prefix: 'small/1', previous });
    expect(second.reused).toEqual(
      first.records.map(({ key }) => key).filter((key) => key !== damaged && key !== 'small/13'),
    );
    expect(second.contents.get('small/13')?.toString()).toBe('new content');
    expect(second.contents.get(damaged)?.toString()).toBe('content 12');
    expect(second.problems).toMatchObject([{ key: damaged, kind: 'previous-damaged' }]);
    await store.close();
  });
});

describe('what stands against reading a bucket', () => {
  const codeOf = async (store: ObjectStore) => {
    const error = await take(store).catch((reason: unknown) => reason);
    await store.close();
    return isD1Error(error) ? error.code : error;
  };

  it('is named: no such bucket, wrong keys', async () => {
    expect(await codeOf(remote('nothing'))).toBe('unknown-bucket');
    const access = { ...server.access, secretAccessKey: 'another-secret' };
    expect(await codeOf(openRemoteStore({ access, bucket: 'odd' }))).toBe('r2-denied');
    const unknown = { ...server.access, accessKeyId: 'another-key' };
    expect(await codeOf(openRemoteStore({ access: unknown, bucket: 'odd' }))).toBe('r2-denied');
  });
});

it('an ETag that is not of the content is no damage: the object is read twice', async () => {
  const store = remote('kms');
  await put(store, 'kms/a', 'secret');
  const opaque = (etag: string) => [...etag].toReversed().join('');
  const encrypted: ObjectStore = {
    ...store,
    async list(prefix, cursor) {
      const { objects, ...page } = await store.list(prefix, cursor);
      return { ...page, objects: objects.map(({ etag, ...one }) => ({ ...one, etag: opaque(etag) })) };
    },
    open: async (key, options) => ({
      ...(await store.open(key, { from: options?.from })),
      isContentEtag: false,
    }),
  };
  const { records, problems } = await take(encrypted, { prefix: 'kms/' });
  expect(problems).toEqual([]);
  expect(records).toMatchObject([{ key: 'kms/a', check: 'read-twice', sha256: sha256('secret') }]);
  await store.close();
});
