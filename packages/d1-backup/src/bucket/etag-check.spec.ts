import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { findPartSize, hashContent, hashParts, partSizes } from './etag-check.ts';

const MEBIBYTE = 1024 * 1024;
const md5 = (data: Buffer) => createHash('md5').update(data).digest();

function* chunks(content: Buffer): Generator<Buffer> {
  for (let from = 0; from < content.length; from += 100_003) yield content.subarray(from, from + 100_003);
}

/** The likeliest way at first, then the others, as a download does it. */
async function digests(etag: string, content: Buffer) {
  const hasher = hashContent(etag, content.length);
  for (const chunk of chunks(content)) hasher.update(chunk);
  const result = hasher.finish();
  if (result.etag !== 'unknown') return result;
  const partSize = await findPartSize(etag, content.length, Readable.from(chunks(content)));
  return partSize === undefined ? result : { ...result, etag: 'matches', partSize };
}

function multipartEtag(content: Buffer, partSize: number): string {
  const parts: Buffer[] = [];
  for (let from = 0; from < content.length; from += partSize)
    parts.push(md5(content.subarray(from, from + partSize)));
  return `${md5(Buffer.concat(parts)).toString('hex')}-${parts.length}`;
}

describe('content is checked against its ETag', () => {
  const content = randomBytes(17 * MEBIBYTE + 5);
  const flipped = Buffer.from(content);
  flipped[9_000_000] = (flipped[9_000_000] ?? 0) ^ 1;

  it('that is an MD5', async () => {
    const etag = md5(content).toString('hex');
    expect(await digests(etag, content)).toMatchObject({ etag: 'matches' });
    expect(await digests(etag, flipped)).toMatchObject({ etag: 'differs' });
  });

  it.each([5 * MEBIBYTE, 6 * MEBIBYTE, 8 * MEBIBYTE, 16 * MEBIBYTE, 9_000_000, content.length])(
    'of a multipart upload with parts of %i bytes',
    async (partSize) => {
      const etag = multipartEtag(content, partSize);
      expect(await digests(etag, content)).toMatchObject({ etag: 'matches', partSize });
      expect(await digests(etag, flipped)).toMatchObject({ etag: 'unknown' });
    },
  );

  it('of an object without content', async () => {
    expect(await digests(md5(Buffer.alloc(0)).toString('hex'), Buffer.alloc(0))).toMatchObject({
      etag: 'matches',
    });
    const hasher = hashParts(MEBIBYTE);
    expect(await digests(hasher.finish(), Buffer.alloc(0))).toMatchObject({ etag: 'matches' });
  });

  it('and says so when the ETag is neither', async () => {
    expect(await digests('custom', content)).toMatchObject({ etag: 'unknown', partSize: undefined });
  });
});

it('considers only sizes of parts that give their number', () => {
  for (const [size, parts] of [
    [1, 1],
    [64 * MEBIBYTE, 8],
    [64 * MEBIBYTE + 1, 8],
    [5, 9],
    [1e12, 10_000],
  ] as const) {
    for (const partSize of partSizes(size, parts)) expect(Math.ceil(size / partSize)).toBe(parts);
  }
});
