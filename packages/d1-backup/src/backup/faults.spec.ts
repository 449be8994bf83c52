import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { errorOf } from 'd1-core/testing';
import { openRemoteStore } from '../bucket/remote-store.ts';
import type { ObjectStore } from '../bucket/store.ts';
import { objectsIn, outputOf, putOne, save, sha256 } from '../testing/backups.ts';
import { startFaultProxy, type Fault, type FaultProxy } from '../testing/fault-proxy.ts';
import { useRemoteTargets, type RemoteTarget } from '../testing/remote-targets.ts';
import { verifyFile } from '../testing/verification.ts';

const remote = useRemoteTargets(6);

/** Every photo of the bucket is there when the source never fails; the large one is on its way for longer. */
const PHOTOS: Readonly<Record<string, Buffer>> = Object.fromEntries([
  ...Array.from({ length: 30 }, (_, index) => [
    `originals/${String(index).padStart(2, '0')}`,
    randomBytes(500 * index),
  ]),
  ['originals/large', randomBytes(2_500_000)],
]);
const EXPECTED = new Map(Object.entries(PHOTOS).map(([key, content]) => [key, sha256(content)]));

async function withPhotos(): Promise<{ readonly one: RemoteTarget; readonly store: ObjectStore }> {
  const one = remote.make();
  const store = openRemoteStore({ access: remote.s3.access, bucket: one.bucket });
  for (const [key, content] of Object.entries(PHOTOS)) await putOne(store, key, content);
  return { one, store };
}

/** Puts a proxy that lets requests fail before the S3 server, for the rest of the test. */
async function through(plan: (number: number) => Fault | undefined): Promise<FaultProxy> {
  const proxy = await startFaultProxy(remote.s3.access.endpoint, (_, number) => plan(number));
  process.env['R2_ENDPOINT'] = proxy.endpoint;
  return proxy;
}

const namesIn = ({ workspace }: RemoteTarget) => readdirSync(outputOf(workspace)).sort();
const photosOnly = { parts: 'photos', concurrency: 2 } as const;

async function isWhole(file: string | undefined): Promise<void> {
  const { problems } = await verifyFile(file ?? '', 'restore');
  expect(problems).toEqual([]);
  expect(await objectsIn(file ?? '')).toEqual(EXPECTED);
}

describe('a bucket that fails for a while', () => {
  it('whatever request it is, ends in the same archive', async () => {
    const { one, store } = await withPhotos();
    const faults: readonly Fault[] = [
      { kind: 'reset' },
      { kind: 'status', status: 503 },
      { kind: 'cut', bytes: 100 },
      { kind: 'corrupt' },
    ];
    const proxy = await through((number) =>
      number % 5 === 0 ? faults[(number / 5) % faults.length] : undefined,
    );
    const { file } = await save(one.workspace, one.target, photosOnly);
    await isWhole(file);
    await Promise.all([proxy.close(), store.close()]);
  });
});

describe('a bucket that is gone from the n-th request on', () => {
  it('leaves no archive, and what has come is taken by the next run', async () => {
    const { one, store } = await withPhotos();
    const asked: number[] = [];
    const earlier = await save(one.workspace, one.target, photosOnly);
    for (const last of [1, 8, 10, 12]) {
      const proxy = await through((number) => (number > last ? { kind: 'status', status: 403 } : undefined));
      const error = await errorOf(save(one.workspace, one.target, { ...photosOnly, resume: true }));
      expect(error.code).toBe('r2-denied');
      expect(error.notes).toContain('No archive was made. Earlier archives are as they were.');
      if (last > 1) expect(error.notes.join()).toMatch(/\d+ objects that came are kept in .*--resume/);
      expect(namesIn(one).filter((name) => name.endsWith('.zip'))).toHaveLength(1);
      asked.push(proxy.count());
      await proxy.close();
    }
    const proxy = await through(() => undefined);
    const resumed = await save(one.workspace, one.target, { ...photosOnly, resume: true });
    expect(resumed.photos?.reused).toBeGreaterThan(20);
    expect(proxy.count()).toBeLessThan(15);
    expect(resumed.photos?.problems).toEqual([]);
    await isWhole(resumed.file);
    await isWhole(earlier.file);
    expect(namesIn(one)).toHaveLength(2);
    await Promise.all([proxy.close(), store.close()]);
  });

  it('loses nothing when the next run does not resume', async () => {
    const { one, store } = await withPhotos();
    const proxy = await through((number) => (number > 20 ? { kind: 'status', status: 403 } : undefined));
    await errorOf(save(one.workspace, one.target, photosOnly));
    expect(namesIn(one)).toEqual(['.d1-backup', expect.stringMatching(/\.zip\.partial$/)]);
    await proxy.close();
    process.env['R2_ENDPOINT'] = remote.s3.access.endpoint;
    const { file, photos } = await save(one.workspace, one.target, photosOnly);
    expect(photos?.reused).toBe(0);
    await isWhole(file);
    expect(namesIn(one)).toHaveLength(1);
    await store.close();
  });
});

describe('objects that change while they are copied', () => {
  it('are in the archive as they are then, or reported when they are gone', async () => {
    const { one, store } = await withPhotos();
    let changed = false;
    const proxy = await startFaultProxy(remote.s3.access.endpoint, (request) => {
      if (changed || request.url?.includes('originals/05') !== true) return undefined;
      changed = true;
      return {
        kind: 'first',
        work: async () => {
          await putOne(store, 'originals/05', 'another one');
          await remote.s3.client.send(new DeleteObjectCommand({ Bucket: one.bucket, Key: 'originals/29' }));
        },
      };
    });
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const { file = '', photos } = await save(one.workspace, one.target, photosOnly);
    expect(photos?.problems).toEqual([
      expect.objectContaining({ key: 'originals/05', kind: 'replaced' }),
      expect.objectContaining({ key: 'originals/29', kind: 'vanished' }),
    ]);
    const saved = await objectsIn(file);
    expect(saved.get('originals/05')).toBe(sha256('another one'));
    expect(saved.has('originals/29')).toBe(false);
    await Promise.all([proxy.close(), store.close()]);
  });
});

describe('a backup that is stopped', () => {
  it('keeps only what the next run can go on from', async () => {
    const { one, store } = await withPhotos();
    const controller = new AbortController();
    const proxy = await through((number) => {
      if (number === 15) controller.abort();
      return undefined;
    });
    const error = await errorOf(
      save(one.workspace, one.target, { ...photosOnly, signal: controller.signal }),
    );
    expect(error).toMatchObject({ code: 'interrupted', fix: expect.stringContaining('--resume') });
    const [work, partial] = namesIn(one);
    expect([work, partial]).toEqual(['.d1-backup', expect.stringMatching(/\.partial$/)]);
    expect(readdirSync(join(outputOf(one.workspace), '.d1-backup'))).toEqual([
      expect.stringMatching(/\.ndjson$/),
    ]);
    await proxy.close();
    process.env['R2_ENDPOINT'] = remote.s3.access.endpoint;
    const { file, photos } = await save(one.workspace, one.target, { ...photosOnly, resume: true });
    expect(photos?.reused).toBeGreaterThan(0);
    await isWhole(file);
    await store.close();
  });
});
