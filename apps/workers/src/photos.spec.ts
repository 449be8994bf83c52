import { answer, errorAnswer, startTestWorker, type TestWorker } from './testing/test-worker.ts';

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0x00, 0x80]);

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  const { PHOTOS } = worker.env;
  await PHOTOS.put('originals/fish.jpg', JPEG, { httpMetadata: { contentType: 'image/jpeg' } });
  await PHOTOS.put('originals/näive photo?.bin', JPEG);
  await PHOTOS.put('originals/empty', '');
});
afterAll(() => worker.stop());

describe('GET /photos/:key', () => {
  it('sends the photo as it was stored, with its type and etag', async () => {
    const response = await worker.fetch('/photos/originals/fish.jpg');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '5',
      'cache-control': 'public, max-age=86400',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"[0-9a-f]+"$/),
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(JPEG);
  });

  it('finds a key with spaces and other letters, and sends an unknown type as bytes', async () => {
    const response = await worker.fetch(`/photos/originals/${encodeURIComponent('näive photo?.bin')}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(JPEG);
  });

  it('sends an empty object', async () => {
    const response = await worker.fetch('/photos/originals/empty');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('answers HEAD with the headers alone', async () => {
    const response = await worker.fetch('/photos/originals/fish.jpg', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'image/jpeg',
      '',
    ]);
  });

  it.each([
    ['the same etag', (etag: string) => etag],
    ['a weak etag', (etag: string) => `W/${etag}`],
    ['a list with the etag', (etag: string) => `"other", ${etag}`],
    ['any etag', () => '*'],
  ])('answers 304 to %s', async (_, ifNoneMatch) => {
    const first = await worker.fetch('/photos/originals/fish.jpg', { method: 'HEAD' });
    const etag = first.headers.get('etag') ?? '';
    const response = await worker.fetch('/photos/originals/fish.jpg', {
      headers: { 'if-none-match': ifNoneMatch(etag) },
    });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, '']);
  });

  it.each(['"other"', 'garbage', '"', ''])(
    'sends the photo when If-None-Match is %p',
    async (ifNoneMatch) => {
      const response = await worker.fetch('/photos/originals/fish.jpg', {
        headers: { 'if-none-match': ifNoneMatch },
      });
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 5]);
    },
  );

  it.each([
    ['nope.jpg', 'nope.jpg'],
    ['originals', 'originals'],
    ['originals/', 'originals/'],
    ['%ff', '%ff'],
    ['x'.repeat(1025), 'x'.repeat(1025)],
  ])('has no photo "%.20s"', async (path, key) => {
    expect(await answer(worker.fetch(`/photos/${path}`))).toEqual(
      errorAnswer(404, 'photo-not-found', `There is no photo "${key}".`),
    );
  });

  it('needs a key', async () => {
    expect(await answer(worker.fetch('/photos/'))).toEqual(
      errorAnswer(404, 'no-such-route', 'There is no GET /photos/.'),
    );
  });
});
