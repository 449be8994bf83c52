import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { errorOf, identify, targetIn } from 'd1-core/testing';
import { openRemoteStore } from '../bucket/remote-store.ts';
import { restore } from '../restore/restore.ts';
import { backupWorkspace, outputOf, putOne, save } from '../testing/backups.ts';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { useRemoteTargets } from '../testing/remote-targets.ts';
import { verify } from '../verify/verify.ts';
import { openChosen } from './choose-archive.ts';

const remote = useRemoteTargets(9);
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

describe('a bucket that archives are kept in', () => {
  it('has the archive alone, which is listed, proved and restored from there, and taken for the next', async () => {
    const one = remote.make();
    await one.sql('CREATE TABLE art (id INTEGER PRIMARY KEY); INSERT INTO art VALUES (1), (2)');
    const store = openRemoteStore({ access: remote.s3.access, bucket: one.bucket });
    await putOne(store, 'originals/large', randomBytes(3_000_000));
    for (let index = 0; index < 20; index++) await putOne(store, `originals/${index}`, `photo ${index}`);
    await store.close();
    const home = `s3://${one.bucket}/archives`;
    const options = { home, prefix: 'originals/' };
    const saved = await save(one.workspace, one.target, options);
    expect(saved.file).toMatch(/^s3:\/\/.*\/archives\/backup-[\d-]*\.staging\.test-\d\.zip$/);
    expect(readdirSync(outputOf(one.workspace))).toEqual([]);

    const proxy = await startFaultProxy(remote.s3.access.endpoint, () => undefined);
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const choice = { archives: home, workspaceRoot: '/', environment: one.target.environment };
    const archive = await openChosen({ ...choice, archive: 'latest:proved' });
    const proof = { archive, wrangler: one.target.wrangler };
    const migrations = { historyTable: 'd1_migrations', files: undefined };
    expect(await verify({ ...proof, migrations, level: 'structure' })).toMatchObject({ problems: [] });
    expect(proxy.count()).toBeLessThan(6);
    const whole = await verify({ ...proof, migrations, level: 'restore' });
    expect(whole).toMatchObject({ problems: [], unchecked: [], read: { rows: 2 } });
    // Each byte about once, in pieces of 1 MiB.
    expect(proxy.count()).toBeLessThan(14);
    const sampled = await verify({ ...proof, migrations, level: 'hashes', sample: 0.1 });
    expect(sampled.problems).toEqual([]);
    expect(sampled.unchecked).toEqual(['The content of 18 of 21 objects: a sample was asked for.']);
    await archive.close();
    await proxy.close();
    process.env['R2_ENDPOINT'] = remote.s3.access.endpoint;

    const other = backupWorkspace();
    const address = await openChosen({ ...choice, archive: saved.file });
    const target = targetIn(other);
    const common = { archive: address, target, identify, prefix: '', concurrency: 4, overwrite: false };
    const restored = await restore({
      ...common,
      parts: 'all',
      resume: false,
      dryRun: false,
      approve: async () => undefined,
    });
    await address.close();
    expect(restored.tables).toMatchObject([{ name: 'art', rows: 2 }]);
    const next = await save(one.workspace, one.target, { ...options, previous: 'latest' });
    expect(next.photos).toMatchObject({ objects: 21, reused: 21 });
  });

  it('that may not be written to is noticed before anything is read', async () => {
    const one = remote.make();
    const proxy = await startFaultProxy(remote.s3.access.endpoint, ({ method }) =>
      method === 'GET' ? undefined : { kind: 'status', status: 403 },
    );
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const error = await errorOf(save(one.workspace, one.target, { home: `s3://${one.bucket}/x` }));
    await proxy.close();
    expect(error).toMatchObject({ code: 'r2-denied', exitCode: 2 });
    expect(error.message).toContain('looking whether archives can be put there');
    expect(existsSync(outputOf(one.workspace))).toBe(false);
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
    const key = `x/backup-2025-09-04-143022.staging.${one.bucket}.zip`;
    const proxy = await startFaultProxy(remote.s3.access.endpoint, ({ method }) =>
      method === 'PUT' ? { kind: 'first', work: () => putOne(store, key, 'of somebody else') } : undefined,
    );
    process.env['R2_ENDPOINT'] = proxy.endpoint;
    const error = await errorOf(
      save(one.workspace, one.target, { ...photosOnly, now, upload: `s3://${one.bucket}/x` }),
    );
    await proxy.close();
    expect(error).toMatchObject({ code: 'upload-differs', exitCode: 3 });
    const { body } = await store.open(key);
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
