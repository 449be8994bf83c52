import { createHash } from 'node:crypto';

export interface ContentDigests {
  /** In hexadecimal. */
  readonly sha256: string;
  /** `matches`, `differs`, or `unknown` for a multipart ETag with parts of another size than the likeliest. */
  readonly etag: 'matches' | 'differs' | 'unknown';
  /** The size of the parts with which the ETag matches. */
  readonly partSize: number | undefined;
}

export interface ContentHasher {
  update(chunk: Buffer): void;
  finish(): ContentDigests;
}

/** Hashes content as it passes, in the likeliest way that its ETag may have been made. */
export function hashContent(etag: string, size: number): ContentHasher {
  const sha256 = createHash('sha256');
  const md5 = isMd5(etag) ? createHash('md5') : undefined;
  const parts = partCount(etag);
  const multipart =
    parts === undefined
      ? []
      : partSizes(size, parts)
          .slice(0, 1)
          .map((partSize) => hashParts(partSize));
  return {
    update(chunk) {
      sha256.update(chunk);
      md5?.update(chunk);
      for (const hasher of multipart) hasher.update(chunk);
    },
    finish() {
      const digests = { sha256: sha256.digest('hex') };
      if (md5 !== undefined) {
        return { ...digests, etag: md5.digest('hex') === etag ? 'matches' : 'differs', partSize: undefined };
      }
      const found = multipart.find((hasher) => hasher.finish() === etag);
      return { ...digests, etag: found === undefined ? 'unknown' : 'matches', partSize: found?.partSize };
    },
  };
}

/** The part size with which content has a multipart ETag, in all the less likely ways; undefined when none fits. */
export async function findPartSize(
  etag: string,
  size: number,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number | undefined> {
  const hashers = partSizes(size, partCount(etag) ?? 1)
    .slice(1)
    .map((partSize) => hashParts(partSize));
  if (hashers.length === 0) return undefined;
  for await (const chunk of content) {
    for (const hasher of hashers) hasher.update(chunk);
  }
  return hashers.find((hasher) => hasher.finish() === etag)?.partSize;
}

const isMd5 = (etag: string): boolean => /^[0-9a-f]{32}$/.test(etag);

/** How many parts a multipart ETag names. */
export function partCount(etag: string): number | undefined {
  const [, count] = /^[0-9a-f]{32}-(\d+)$/.exec(etag) ?? [];
  return count === undefined ? undefined : Number(count);
}

const MEBIBYTE = 1024 * 1024;

/** What uploaders use, in mebibytes: the AWS tools 5 and 8, rclone 5, and so on. */
const USUAL_SIZES = [5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512, 1024];

/** Each costs one more MD5 of the whole content. */
const MOST_SIZES = 6;

/** The sizes of which so many parts, the last one shorter, make up an object: R2 wants them equal. */
export function partSizes(size: number, parts: number): readonly number[] {
  if (parts <= 1) return [Math.max(1, size)];
  const least = Math.ceil(size / parts);
  const fits = (candidate: number) => candidate > 0 && Math.ceil(size / candidate) === parts;
  const first = Math.ceil(least / MEBIBYTE);
  const likely = [
    ...USUAL_SIZES.map((mebibytes) => mebibytes * MEBIBYTE),
    least,
    Math.ceil(least / 1e6) * 1e6,
    ...[first, first + 1, first + 2].map((mebibytes) => mebibytes * MEBIBYTE),
  ];
  return [...new Set(likely.filter(fits))].slice(0, MOST_SIZES);
}

interface PartsHasher {
  readonly partSize: number;
  update(chunk: Buffer): void;
  /** The ETag of a multipart upload. */
  finish(): string;
}

export function hashParts(partSize: number): PartsHasher {
  const digests: Buffer[] = [];
  let part = createHash('md5');
  let left = partSize;
  const endPart = () => {
    digests.push(part.digest());
    part = createHash('md5');
    left = partSize;
  };
  return {
    partSize,
    update(chunk) {
      for (let rest = chunk; rest.length > 0;) {
        const own = rest.subarray(0, left);
        part.update(own);
        rest = rest.subarray(own.length);
        left -= own.length;
        if (left === 0) endPart();
      }
    },
    finish() {
      if (left < partSize || digests.length === 0) endPart();
      return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${digests.length}`;
    },
  };
}
