import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { D1Error } from 'd1-core/errors';
import {
  explained,
  findObject,
  findPartSize,
  hashContent,
  readDigest,
  retry,
  StoreFailure,
  type ListedObject,
  type ObjectStore,
} from '../bucket/index.ts';

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

const TYPES: Readonly<Record<string, string>> = { '.zip': 'application/zip', '.json': 'application/json' };

/** Puts a file into a bucket under its own name, never over another one, and compares what is there then. Returns its address. */
export function putArchive(
  store: ObjectStore,
  prefix: string,
  file: string,
  options: PutOptions = {},
): Promise<string> {
  return explained(store, `uploading ${basename(file)}`, () => upload(store, prefix, file, options));
}

async function upload(
  store: ObjectStore,
  prefix: string,
  file: string,
  { signal, onProgress = () => undefined }: PutOptions,
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
  const isOurs = uploaded === undefined ? hasContent(store, file, found) : found?.etag === uploaded.etag;
  if (found?.size === size && (await isOurs)) return address;
  throw new D1Error({
    code: 'upload-differs',
    message: `Something else than this archive is at ${address}, and it was not replaced.`,
    fix: 'Check who else writes there, and upload it under another prefix. The archive in the output folder is whole.',
    notes: [
      `The archive: ${size} bytes`,
      found === undefined ? 'There: no such object' : `There: ${found.size} bytes, ETag ${found.etag}`,
    ],
    exitCode: 3,
  });
}

const CHUNK = 1024 * 1024;

/** Whether an object has the content of a file. An ETag need not tell: then it is read. */
async function hasContent(
  store: ObjectStore,
  file: string,
  object: ListedObject | undefined,
): Promise<boolean> {
  if (object === undefined || object.size !== (await stat(file)).size) return false;
  const { etag, size } = object;
  const read = () => createReadStream(file, { highWaterMark: CHUNK });
  const hasher = hashContent(etag, size);
  for await (const chunk of read()) hasher.update(chunk);
  const digests = hasher.finish();
  return (
    digests.etag === 'matches' ||
    (await findPartSize(etag, size, read())) !== undefined ||
    (await readDigest(store, object)) === digests.sha256
  );
}
