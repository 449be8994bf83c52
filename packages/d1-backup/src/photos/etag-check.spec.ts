import { createHash, randomBytes } from 'node:crypto';
import { hashContent, hashParts, partSizes } from './etag-check.ts';

const MEBIBYTE = 1024 * 1024;
const md5 = (data: Buffer) => createHash('md5').update(data).digest();

function digests(etag: string, content: Buffer) {
  const hasher = hashContent(etag, content.length);
  for (let from = 0; from < content.length; from += 100_003)
    hasher.update(content.subarray(from, from + 100_003));
  return hasher.finish();
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

  it('that is an MD5', () => {
    const etag = md5(content).toString('hex');
    expect(digests(etag, content)).toMatchObject({ etag: 'matches', md5: etag });
    expect(digests(etag, flipped)).toMatchObject({ etag: 'differs' });
  });

  it.each([5 * MEBIBYTE, 6 * MEBIBYTE, 8 * MEBIBYTE, 16 * MEBIBYTE, 9_000_000, content.length])(
    'of a multipart upload with parts of %i bytes',
    (partSize) => {
      const etag = multipartEtag(content, partSize);
      expect(digests(etag, content)).toMatchObject({ etag: 'matches', partSize });
      expect(digests(etag, flipped)).toMatchObject({ etag: 'unknown' });
    },
  );

  it('of an object without content', () => {
    expect(digests(md5(Buffer.alloc(0)).toString('hex'), Buffer.alloc(0))).toMatchObject({ etag: 'matches' });
    const hasher = hashParts(MEBIBYTE);
    expect(digests(hasher.finish(), Buffer.alloc(0))).toMatchObject({ etag: 'matches' });
  });

  it('and says so when the ETag is neither', () => {
    expect(digests('custom', content)).toMatchObject({ etag: 'unknown', partSize: undefined });
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
