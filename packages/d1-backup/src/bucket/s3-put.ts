import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import type { ObjectMetadata } from '../format/index.ts';
import { encodeHeaderText } from './header-text.ts';
import { ordered } from './ordered.ts';
import { retry } from './requests.ts';
import { isContentEtag, passingFailure, readFailure, readObjectFailure } from './s3-client.ts';
import { StoreFailure, type NewObject } from './store.ts';

/** Larger ones go in parts, each of which is in memory as a whole. */
const LARGEST_SINGLE = 16 * 1024 * 1024;

/** S3 takes no smaller parts, but for the last. */
const SMALLEST_PART = 5 * 1024 * 1024;

const MOST_PARTS = 10_000;

/** Parts that are on their way at a time, and the bytes from which on no further one is read for them. */
const PARTS = 4;
const PARTS_BYTES = PARTS * LARGEST_SINGLE;

/** Puts an object, in parts when it is large or once was. Gives its ETag, which is checked against the content. */
export async function putObject(
  client: S3Client,
  bucket: string,
  object: NewObject,
): Promise<{ readonly etag: string }> {
  const headers = { Bucket: bucket, Key: object.key, ...headersOf(object.metadata) };
  try {
    const partSize = partSizeOf(object);
    return partSize === undefined
      ? await putWhole(client, headers, object)
      : await putParts(client, headers, object, partSize);
  } catch (error) {
    object.signal?.throwIfAborted();
    throw readObjectFailure(error, object.key);
  }
}

const stoppedBy = ({ signal }: NewObject) => (signal === undefined ? {} : { abortSignal: signal });

const conditionOf = ({ expects }: NewObject) =>
  expects === undefined
    ? {}
    : expects === 'nothing'
      ? { IfNoneMatch: '*' }
      : { IfMatch: `"${expects.etag}"` };

function partSizeOf({ size, partSize }: NewObject): number | undefined {
  const fits = (candidate: number) =>
    candidate >= Math.min(SMALLEST_PART, Math.max(1, size)) && size <= candidate * MOST_PARTS;
  // A part is held in memory, so very large ones are not used again.
  if (partSize !== undefined && fits(partSize) && partSize <= 4 * LARGEST_SINGLE) return partSize;
  if (size <= LARGEST_SINGLE) return undefined;
  return Math.max(LARGEST_SINGLE, Math.ceil(size / MOST_PARTS));
}

type Headers = ReturnType<typeof headersOf> & { readonly Bucket: string; readonly Key: string };

async function putWhole(client: S3Client, headers: Headers, object: NewObject): Promise<{ etag: string }> {
  const received: Buffer[] = [];
  for await (const chunk of chunks(object.read(0))) received.push(chunk);
  const content = Buffer.concat(received);
  const ContentMD5 = createHash('md5').update(content).digest('base64');
  const command = new PutObjectCommand({ ...headers, ...conditionOf(object), Body: content, ContentMD5 });
  const answer = await client.send(command, stoppedBy(object));
  const etag = (answer.ETag ?? '').replaceAll('"', '');
  return { etag: isContentEtag(answer) ? sameMd5(etag, content) : etag };
}

async function putParts(
  client: S3Client,
  headers: Headers,
  object: NewObject,
  partSize: number,
): Promise<{ etag: string }> {
  const { Bucket, Key } = headers;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(headers));
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string }[] = [];
    const digests: Buffer[] = [];
    const sent = ordered(
      numbered(inParts(object.read(0), partSize)),
      { concurrency: PARTS, ahead: { mostBytes: PARTS_BYTES, bytesOf: ({ content }) => content.length } },
      async ({ content, PartNumber }) => {
        const md5 = createHash('md5').update(content).digest();
        const part = { ...upload, PartNumber, Body: content, ContentMD5: md5.toString('base64') };
        const { ETag = '' } = await retry(() => sendPart(client, part, object), object);
        return { part: { PartNumber, ETag }, md5 };
      },
      async () => undefined,
    );
    for await (const { part, md5 } of sent) {
      Parts.push(part);
      digests.push(md5);
    }
    // R2 documents conditions for PutObject alone; so the hours of an upload are covered, and a moment is left.
    await requireExpected(client, headers, object);
    const completed = await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      stoppedBy(object),
    );
    if (!isContentEtag(completed)) return { etag: (completed.ETag ?? '').replaceAll('"', '') };
    const all = createHash('md5').update(Buffer.concat(digests)).digest('hex');
    return { etag: `${all}-${digests.length}` };
  } catch (error) {
    // Parts that nobody completes are paid for until R2 throws them away after a week.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

const sendPart = (client: S3Client, part: UploadPartCommandInput, object: NewObject) =>
  client.send(new UploadPartCommand(part), stoppedBy(object)).catch((error: unknown) => {
    object.signal?.throwIfAborted();
    throw readFailure(error);
  });

async function* numbered(
  contents: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly content: Buffer; readonly PartNumber: number }> {
  let PartNumber = 0;
  for await (const content of contents) yield { content, PartNumber: (PartNumber += 1) };
}

/** An upload in parts that is begun and dropped: it needs the permission to write, and leaves nothing. */
export async function requireWritable(client: S3Client, Bucket: string, Key: string): Promise<void> {
  try {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch (error) {
    throw readObjectFailure(error, Key);
  }
}

async function requireExpected(
  client: S3Client,
  { Bucket, Key }: Headers,
  { expects }: NewObject,
): Promise<void> {
  if (expects === undefined) return;
  const there = await client
    .send(new HeadObjectCommand({ Bucket, Key }))
    .then(({ ETag = '' }) => ETag.replaceAll('"', ''))
    .catch((error: unknown) => {
      const failure = readFailure(error);
      if (failure.kind === 'vanished') return undefined;
      throw failure;
    });
  if (there === (expects === 'nothing' ? undefined : expects.etag)) return;
  throw new StoreFailure('changed', 'Another object is there.');
}

function sameMd5(etag: string, content: Buffer): string {
  const md5 = createHash('md5').update(content).digest('hex');
  if (etag === md5) return md5;
  throw passingFailure(`The server answered the upload with the ETag ${etag}, and the content has ${md5}.`);
}

async function* inParts(stream: Readable, partSize: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  let any = false;
  for await (const chunk of chunks(stream)) {
    for (let rest = chunk; rest.length > 0;) {
      const own = rest.subarray(0, partSize - size);
      parts.push(own);
      size += own.length;
      rest = rest.subarray(own.length);
      if (size === partSize) {
        yield Buffer.concat(parts);
        parts = [];
        size = 0;
        any = true;
      }
    }
  }
  if (size > 0 || !any) yield Buffer.concat(parts);
}

async function* chunks(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield Buffer.from(chunk);
}

function headersOf(metadata: ObjectMetadata) {
  const { contentType, contentLanguage, contentDisposition, contentEncoding, cacheControl, cacheExpiry } =
    metadata;
  return {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(contentLanguage === undefined ? {} : { ContentLanguage: contentLanguage }),
    ...(contentDisposition === undefined ? {} : { ContentDisposition: contentDisposition }),
    ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    ...(cacheExpiry === undefined ? {} : { Expires: new Date(cacheExpiry) }),
    Metadata: Object.fromEntries(
      Object.entries(metadata.custom).map(([name, text]) => [name, encodeHeaderText(text)]),
    ),
  };
}
