import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import {
  asPrefix,
  explained,
  findObject,
  findPartSize,
  hashContent,
  openRemoteStore,
  openStore,
  readBucketAddress,
  readS3Access,
  retry,
  StoreFailure,
  type ListedObject,
  type ObjectStore,
} from '../bucket/index.ts';

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** A bucket that finished archives are put into as well. */
export interface Upload {
  /** As people name it: `s3://bucket/prefix`. */
  readonly place: string;
  /** Fails early when the bucket cannot be reached. */
  check(): Promise<void>;
  /** Puts a file there under its own name, and compares what is there then. Gives the address. */
  put(file: string, options?: UploadOptions): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens the place that an upload goes to: `s3://bucket/prefix`, with the keys of the environment variables, or the
 * binding of a bucket of the environment, with or without a prefix behind a slash. Throws D1Error `invalid-upload`, and
 * `missing-r2-credentials`.
 */
export function openUpload(to: string, target: Target): Upload {
  const { store, prefix } = openPlace(to, target);
  const place = `s3://${store.bucket}/${prefix}`;
  return {
    place,
    check: () =>
      explained(store, 'looking whether it can be reached', async () => {
        await retry(() => store.list(prefix));
      }),
    put: (file, options = {}) =>
      explained(store, `uploading ${basename(file)}`, () => putArchive(store, prefix, file, options)),
    close: () => store.close(),
  };
}

function openPlace(to: string, target: Target): { readonly store: ObjectStore; readonly prefix: string } {
  const address = readBucketAddress(to);
  if (address !== undefined) {
    const { bucket, prefix } = address;
    const access = readS3Access({ accountId: target.environment.accountId });
    return { store: openRemoteStore({ access, bucket, connections: 4 }), prefix };
  }
  const [binding = '', ...rest] = to.split('/');
  const found = target.environment.buckets.find((one) => one.binding === binding);
  if (found === undefined) throw invalidUpload(to, target);
  return { store: openStore(target, found), prefix: asPrefix(rest.join('/')) };
}

const TYPES: Readonly<Record<string, string>> = { '.zip': 'application/zip', '.json': 'application/json' };

async function putArchive(
  store: ObjectStore,
  prefix: string,
  file: string,
  { signal, onProgress = () => undefined }: UploadOptions,
): Promise<string> {
  const { size } = await stat(file);
  const key = `${prefix}${basename(file)}`;
  const address = `s3://${store.bucket}/${key}`;
  const contentType = TYPES[extname(file)] ?? 'application/octet-stream';
  const put = () =>
    store.put({
      key,
      size,
      signal,
      expects: 'nothing',
      metadata: { contentType, custom: {} },
      read: (from) => {
        let read = from;
        const content = createReadStream(file, { start: from, highWaterMark: CHUNK });
        content.on('data', (chunk) => onProgress((read += chunk.length) / Math.max(1, size)));
        content.pause();
        return content;
      },
    });
  // Of an upload whose answer was lost the next attempt finds the object.
  const uploaded = await retry(put, { signal }).catch((error: unknown) => {
    if (!(error instanceof StoreFailure) || error.kind !== 'changed') throw error;
    return undefined;
  });
  const found = await findObject(store, key);
  const isOurs = uploaded === undefined ? hasEtag(file, found) : found?.etag === uploaded.etag;
  if (found?.size === size && (await isOurs)) return address;
  throw new D1Error({
    code: 'upload-differs',
    message: `Something else than this archive is at ${address}, and it was not replaced.`,
    fix: 'Look who else writes there, and upload it under another prefix. The archive in the output folder is whole.',
    notes: [
      `The archive: ${size} bytes`,
      found === undefined ? 'There: no such object' : `There: ${found.size} bytes, ETag ${found.etag}`,
    ],
    exitCode: 3,
  });
}

const CHUNK = 1024 * 1024;

/** Whether an object has the content of a file. */
async function hasEtag(file: string, object: ListedObject | undefined): Promise<boolean> {
  if (object === undefined) return false;
  const { etag, size } = object;
  const read = () => createReadStream(file, { highWaterMark: CHUNK });
  const hasher = hashContent(etag, size);
  for await (const chunk of read()) hasher.update(chunk);
  return hasher.finish().etag === 'matches' || (await findPartSize(etag, size, read())) !== undefined;
}

const invalidUpload = (to: string, { environment: { name, buckets } }: Target): D1Error =>
  new D1Error({
    code: 'invalid-upload',
    message: `"${to}" is neither s3://<bucket>/<prefix> nor begins with the binding of a bucket of "${name}".`,
    fix: `Write --upload=s3://<bucket>/<prefix>${buckets.length === 0 ? '' : `, or one of: ${buckets.map(({ binding }) => binding).join(', ')}`}`,
    exitCode: 2,
  });
