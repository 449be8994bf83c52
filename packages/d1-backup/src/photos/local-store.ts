import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { startWorker, type RunningWorker } from 'd1-core/database';
import type { Wrangler } from 'd1-core/wrangler';
import { readMetadata } from './metadata.ts';
import { kindOfStatus, StoreFailure, type ObjectPage, type ObjectStore } from './store.ts';
import { bucketWorker, OBJECT_HEADER } from './bucket-worker.ts';

export interface LocalBucket {
  readonly wrangler: Wrangler;
  readonly bucket: string;
  /** The folder that `--persist-to` names. Without it the bucket is a throw-away one. */
  readonly persistTo?: string | undefined;
}

type StoreRequest = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

/** Opens a bucket as wrangler keeps it on this machine. workerd starts with the first request. */
export function openLocalStore({ wrangler, bucket, persistTo }: LocalBucket): ObjectStore {
  const secret = randomUUID();
  let worker: Promise<RunningWorker> | undefined;

  async function request(action: string, query: Record<string, string>, init: StoreRequest = {}) {
    worker ??= startWorker(wrangler, {
      script: bucketWorker(secret),
      buckets: { BUCKET: bucket },
      persistTo,
    });
    const url = new URL(`/${secret}/${action}?${new URLSearchParams(query)}`, (await worker).url);
    // workerd closes a connection that nobody used for some seconds, and a busy process hears of it too late.
    const headers = { ...init.headers, connection: 'close' };
    const response = await fetch(url, { ...init, headers }).catch((cause: unknown) => {
      throw new StoreFailure('passing', 'The connection to workerd broke.', { cause });
    });
    if (response.ok) return response;
    throw new StoreFailure(kindOfStatus(response.status), `workerd: ${await response.text()}`);
  }

  return {
    location: 'local',
    bucket,
    async list(prefix, cursor) {
      const response = await request('list', { prefix, ...(cursor === undefined ? {} : { cursor }) });
      return readPage(await response.json());
    },
    async open(key, { etag, from = 0 } = {}) {
      const response = await request('get', {
        key,
        from: String(from),
        ...(etag === undefined ? {} : { etag }),
      });
      const head = readHead(response.headers.get(OBJECT_HEADER));
      const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
      return { ...head, body };
    },
    async put({ key, size, metadata, read }) {
      const response = await request(
        'put',
        { key },
        {
          method: 'PUT',
          headers: {
            'content-length': String(size),
            [OBJECT_HEADER]: encodeURIComponent(JSON.stringify(metadata)),
          },
          body: Readable.toWeb(read(0)),
          duplex: 'half',
        },
      );
      const { etag } = readHead(response.headers.get(OBJECT_HEADER));
      return { etag };
    },
    async close() {
      const started = worker;
      worker = undefined;
      await (await started)?.dispose();
    },
  };
}

function readPage(answer: unknown): ObjectPage {
  if (typeof answer === 'object' && answer !== null && 'objects' in answer && Array.isArray(answer.objects)) {
    const cursor = 'cursor' in answer && typeof answer.cursor === 'string' ? answer.cursor : undefined;
    return { objects: answer.objects, cursor };
  }
  throw new StoreFailure('refused', 'workerd gave a list that is not one of ours.');
}

function readHead(header: string | null) {
  const head: unknown = JSON.parse(decodeURIComponent(header ?? 'null'));
  if (typeof head === 'object' && head !== null && 'etag' in head && 'size' in head && 'metadata' in head) {
    return { etag: String(head.etag), size: Number(head.size), metadata: readMetadata(head.metadata) };
  }
  throw new StoreFailure('refused', 'workerd gave an answer that is not one of ours.');
}
