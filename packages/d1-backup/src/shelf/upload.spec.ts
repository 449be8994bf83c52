import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { errorOf } from 'd1-core/testing';
import { openRemoteStore } from '../bucket/remote-store.ts';
import { putOne, save } from '../testing/backups.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { useRemoteTargets } from '../testing/remote-targets.ts';

const remote = useRemoteTargets(6);
const photosOnly = { parts: 'photos' } as const;
const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe('an archive is uploaded', () => {
  it('in parts when it is large, under its own name, and compared', async () => {
    const one = remote.make();
    const store = openRemoteStore({ access: remote.s3.access, bucket: one.bucket });
    await putOne(store, 'originals/large', randomBytes(20_000_000));
    const { file = '', uploaded } = await save(one.workspace, one.target, {
      ...photosOnly,
      prefix: 'originals/',
      upload: `s3://${one.bucket}/archives`,
    });
    expect(uploaded).toBe(`s3://${one.bucket}/archives/${basename(file)}`);
    const { body, etag } = await store.open(`archives/${basename(file)}`);
    expect(hash(await buffer(body))).toBe(hash(readFileSync(file)));
    expect(etag).toMatch(/-2$/);
    await store.close();
  });

  it('to the bucket of a binding', async () => {
    const one = remote.make();
    const { uploaded, file = '' } = await save(one.workspace, one.target, {
      ...photosOnly,
      upload: 'PHOTOS/archives',
    });
    expect(uploaded).toBe(`s3://${one.bucket}/archives/${basename(file)}`);
  });
});

describe('an upload that fails', () => {
  it('leaves the archive in its folder, and says so', async () => {
    const one = remote.make();
    const proxy = await startFaultProxy(remote.s3.access.endpoint, ({ method }) =>
      method === 'PUT' ? { kind: 'status', status: 403 } : undefined,
    );
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const error = await errorOf(
      save(one.workspace, one.target, { ...photosOnly, upload: `s3://${one.bucket}/x` }),
    );
    await proxy.close();
    expect(error.code).toBe('r2-denied');
    const [made = ''] = error.notes.filter((note) => note.startsWith('The archive itself is made: '));
    expect(readFileSync(made.replace('The archive itself is made: ', '')).length).toBeGreaterThan(0);
    expect(error.notes).toHaveLength(1);
  });

  it('because it was stopped leaves the archive, and is no failure of the backup', async () => {
    const one = remote.make();
    const controller = new AbortController();
    const proxy = await startFaultProxy(remote.s3.access.endpoint, ({ method }) =>
      method === 'PUT' ? { kind: 'first', work: async () => controller.abort() } : undefined,
    );
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const upload = `s3://${one.bucket}/x`;
    const error = await errorOf(
      save(one.workspace, one.target, { ...photosOnly, upload, signal: controller.signal }),
    );
    await proxy.close();
    expect(error).toMatchObject({ code: 'interrupted', message: 'The upload was stopped.' });
    expect(error.notes).toEqual([expect.stringMatching(/^The archive itself is made: .*\.zip$/)]);
  });

  it('because another archive has its name replaces nothing', async () => {
    const one = remote.make();
    const store = openRemoteStore({ access: remote.s3.access, bucket: one.bucket });
    const now = () => new Date('2025-09-04T14:30:22Z');
    await putOne(store, 'x/backup-2025-09-04-143022.zip', 'of somebody else');
    const error = await errorOf(
      save(one.workspace, one.target, { ...photosOnly, now, upload: `s3://${one.bucket}/x` }),
    );
    expect(error).toMatchObject({ code: 'upload-differs', exitCode: 3 });
    const { body } = await store.open('x/backup-2025-09-04-143022.zip');
    expect((await buffer(body)).toString()).toBe('of somebody else');
    await store.close();
  });

  it('because there is no such bucket is noticed before anything is read', async () => {
    const one = remote.make();
    expect(
      await errorOf(save(one.workspace, one.target, { ...photosOnly, upload: 's3://nowhere' })),
    ).toMatchObject({ code: 'unknown-bucket', exitCode: 2 });
    expect(
      await errorOf(save(one.workspace, one.target, { ...photosOnly, upload: 'NOWHERE' })),
    ).toMatchObject({ code: 'invalid-upload', exitCode: 2 });
  });
});
