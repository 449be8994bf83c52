import { gzipSync } from 'node:zlib';
import { startCloudflareApi, type CloudflareApi } from './index.ts';
import { createClient, type Client } from './testing/client.ts';

describe('R2 over the API', () => {
  let api: CloudflareApi;
  let client: Client;
  const objects = '/r2/buckets/photos/objects';
  const object = (method: string, key: string, init: RequestInit = {}) =>
    fetch(`${api.baseUrl}/accounts/${api.accountId}${objects}/${key}`, {
      ...init,
      method,
      headers: { ...init.headers, authorization: `Bearer ${api.apiToken}` },
    });

  beforeAll(async () => {
    api = await startCloudflareApi({ buckets: [{ name: 'photos' }] });
    client = createClient(api);
  });

  afterAll(() => api.close());

  it('gives back the bytes and the headers of an object', async () => {
    const body = gzipSync('a photo');
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip', 'cache-control': 'no-store' };
    expect((await object('PUT', 'a/b%20c.gz', { body, headers })).status).toBe(200);
    const got = await object('GET', 'a/b%20c.gz');
    expect(Object.fromEntries(got.headers)).toMatchObject({ ...headers, etag: expect.any(String) });
    // `fetch` has undone the encoding.
    expect(await got.text()).toBe('a photo');
    await object('DELETE', 'a/b%20c.gz');
  });

  it('keeps bytes that are no text', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    await object('PUT', 'bytes', { body });
    expect(new Uint8Array(await (await object('GET', 'bytes')).arrayBuffer())).toEqual(body);
    await object('DELETE', 'bytes');
  });

  it('lists page by page, and below a prefix', async () => {
    for (const key of ['2026/a', '2026/b', '2026/c', '2027/d']) await object('PUT', key, { body: key });
    const first = await client('GET', `${objects}?per_page=2&prefix=2026/`);
    expect(first).toMatchObject({
      result: [{ key: '2026/a', size: 6, etag: expect.any(String) }, { key: '2026/b' }],
      info: { is_truncated: true, cursor: expect.any(String) },
    });
    const [, cursor = ''] = /"cursor":"([^"]+)"/.exec(JSON.stringify(first.info)) ?? [];
    expect(
      await client('GET', `${objects}?per_page=2&prefix=2026/&cursor=${encodeURIComponent(cursor)}`),
    ).toMatchObject({ result: [{ key: '2026/c' }], info: { is_truncated: false } });
    expect(await client('GET', `${objects}?delimiter=/`)).toMatchObject({
      result: [],
      info: { delimited: ['2026/', '2027/'] },
    });
  });

  it.each([
    ['a key that is not there', `${objects}/nothing`, 10007],
    ['a bucket that is not there', '/r2/buckets/nothing/objects', 10006],
  ])('answers 404 for %s', async (_, path, code) => {
    expect(await client('GET', path)).toMatchObject({ status: 404, code });
  });

  it('creates buckets, and deletes empty ones only', async () => {
    const name = 'backups';
    expect(await client('POST', '/r2/buckets', { name })).toMatchObject({ status: 200, result: { name } });
    expect(await client('POST', '/r2/buckets', { name })).toMatchObject({ status: 409, code: 10004 });
    expect(await client('PUT', `/r2/buckets/${name}/objects/a`, {})).toMatchObject({ status: 200 });
    expect(await client('DELETE', `/r2/buckets/${name}`)).toMatchObject({ status: 409, code: 10008 });
    await client('DELETE', `/r2/buckets/${name}/objects/a`);
    expect(await client('DELETE', `/r2/buckets/${name}`)).toMatchObject({ status: 200 });
    expect(await client('GET', '/r2/buckets')).toMatchObject({ result: { buckets: [{ name: 'photos' }] } });
  });
});
