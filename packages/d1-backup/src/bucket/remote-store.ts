import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { ObjectMetadata } from '../format/index.ts';
import type { S3Access } from './credentials.ts';
import { decodeHeaderText } from './header-text.ts';
import { isContentEtag, openS3Client, passingFailure, readFailure, readObjectFailure } from './s3-client.ts';
import { putObject, requireWritable } from './s3-put.ts';
import type { ObjectStore } from './store.ts';

export interface RemoteBucket {
  readonly access: S3Access;
  readonly bucket: string;
  /** Requests at a time. */
  readonly connections?: number | undefined;
}

/** Opens a bucket at Cloudflare, or on any server with an S3 interface. */
export function openRemoteStore({ access, bucket, connections }: RemoteBucket): ObjectStore {
  const client = openS3Client(access, connections);
  return {
    location: 'remote',
    bucket,
    async list(prefix, cursor) {
      const page = await client
        .send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            EncodingType: 'url',
            ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
          }),
        )
        .catch((error: unknown) => {
          throw readFailure(error);
        });
      // XML has no way to write some characters, so keys come in the encoding of URLs.
      const decode = (key: string) =>
        page.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
      const objects = (page.Contents ?? []).map(({ Key = '', ETag = '', Size = 0 }) => ({
        key: decode(Key),
        etag: unquoted(ETag),
        size: Size,
      }));
      return { objects, cursor: page.IsTruncated === true ? page.NextContinuationToken : undefined };
    },
    async open(key, { etag, from = 0, to } = {}) {
      const answer = await client
        .send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: key,
            ...(etag === undefined ? {} : { IfMatch: `"${etag}"` }),
            ...(from === 0 && to === undefined
              ? {}
              : { Range: `bytes=${from}-${to === undefined ? '' : to - 1}` }),
          }),
        )
        .catch((error: unknown) => {
          throw readObjectFailure(error, key);
        });
      if (!(answer.Body instanceof Readable)) throw passingFailure('An answer without a body.');
      return {
        etag: unquoted(answer.ETag ?? ''),
        isContentEtag: isContentEtag(answer),
        size: wholeSize(answer),
        metadata: metadataOf(answer),
        body: answer.Body,
      };
    },
    put: (object) => putObject(client, bucket, object),
    requireWritable: (key) => requireWritable(client, bucket, key),
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })).catch((error: unknown) => {
        throw readObjectFailure(error, key);
      });
    },
    close: async () => client.destroy(),
  };
}

const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');

function wholeSize({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): number {
  const [, size] = /\/(\d+)$/.exec(ContentRange ?? '') ?? [];
  return size === undefined ? ContentLength : Number(size);
}

function metadataOf(answer: GetObjectCommandOutput): ObjectMetadata {
  const custom = Object.entries(answer.Metadata ?? {}).map(([name, text]) => [name, decodeHeaderText(text)]);
  const expires = Date.parse(answer.ExpiresString ?? '');
  const fields = {
    contentType: answer.ContentType,
    contentLanguage: answer.ContentLanguage,
    contentDisposition: answer.ContentDisposition,
    contentEncoding: answer.ContentEncoding,
    cacheControl: answer.CacheControl,
    cacheExpiry: Number.isNaN(expires) ? undefined : new Date(expires).toISOString(),
  };
  const known = Object.entries(fields).filter(([, text]) => text !== undefined);
  return { ...Object.fromEntries(known), custom: Object.fromEntries(custom) };
}
