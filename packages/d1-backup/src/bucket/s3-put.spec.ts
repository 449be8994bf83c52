import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { startFaultProxy } from '../testing/fault-proxy.ts';
import { putOne } from '../testing/backups.ts';
import { startS3Server, type S3Server } from '../testing/s3-server.ts';
import { openRemoteStore } from './remote-store.ts';

const MEBIBYTE = 1024 * 1024;
let server: S3Server;
beforeAll(async () => (server = await startS3Server(['photos'])));
afterAll(() => server.close());

it('parts of an upload are on their way at the same time, and the object is whole', async () => {
  let together = 0;
  let most = 0;
  const isPart = (url = '') => url.includes('partNumber=');
  const proxy = await startFaultProxy(server.access.endpoint, ({ method, url }) =>
    method === 'PUT' && isPart(url)
      ? {
          kind: 'first',
          async work() {
            most = Math.max(most, (together += 1));
            // Until a second one has come; a server that got one at a time would wait to the end.
            for (let turns = 0; most < 2 && turns < 200; turns++)
              await new Promise((done) => setTimeout(done, 10));
            together -= 1;
          },
        }
      : undefined,
  );
  const store = openRemoteStore({ access: { ...server.access, endpoint: proxy.endpoint }, bucket: 'photos' });
  const content = randomBytes(50 * MEBIBYTE);
  await putOne(store, 'large', content);
  expect(most).toBeGreaterThan(1);
  const { body, etag } = await store.open('large');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  expect(Buffer.concat(chunks).equals(content)).toBe(true);
  expect(etag).toMatch(/-4$/);
  await store.close();
  await proxy.close();
});

it('an ETag is no damage where the server encrypts with a key of KMS, and is where it does not', async () => {
  const etag = '"0123456789abcdef0123456789abcdef"';
  let headers: Record<string, string> = { etag, 'x-amz-server-side-encryption': 'aws:kms' };
  const proxy = await startFaultProxy(server.access.endpoint, ({ method }) =>
    method === 'PUT' ? { kind: 'headers', headers } : undefined,
  );
  const store = openRemoteStore({ access: { ...server.access, endpoint: proxy.endpoint }, bucket: 'photos' });
  const object = {
    key: 'a',
    size: 1,
    metadata: { custom: {} },
    read: () => Readable.from([Buffer.from('a')]),
  };
  expect(await store.put(object)).toEqual({ etag: '0123456789abcdef0123456789abcdef' });
  headers = { etag };
  await expect(store.put(object)).rejects.toThrow('The server answered the upload with the ETag');
  await store.close();
  await proxy.close();
});
