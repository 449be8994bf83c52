import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { startWorker, type RunningWorker } from 'd1-core/database';
import type { Wrangler } from 'd1-core/wrangler';
import { readShape } from 'd1-core/shape';
import { objectMetadata } from '../format/index.ts';
import { kindOfStatus, StoreFailure, type ObjectPage, type ObjectStore } from './store.ts';

/** Carries what R2 knows of an object, as JSON in percent-encoding. */
export const OBJECT_HEADER = 'x-object';

/**
 * The Worker that gives a local bucket an HTTP interface: `/<secret>/list`, `get`, `put` and `remove`. Keys are in the query,
 * because the path of a URL loses `..` and doubled slashes. The secret keeps other users of the machine away.
 */
export const bucketWorker = (secret: string): string => `
  const head = ({ etag, size, httpMetadata = {}, customMetadata = {} }) => encodeURIComponent(JSON.stringify({
    etag, size, metadata: { ...httpMetadata, custom: customMetadata },
  }));

  const actions = {
    async list({ prefix, cursor }, bucket) {
      const page = await bucket.list({ prefix, cursor });
      const objects = page.objects.map(({ key, etag, size }) => ({ key, etag, size }));
      return Response.json({ objects, cursor: page.truncated ? page.cursor : undefined });
    },
    async get({ key, etag, from, to }, bucket) {
      const onlyIf = etag === undefined ? undefined : { etagMatches: etag };
      const offset = Number(from);
      const range = to !== undefined ? { offset, length: to - from } : offset === 0 ? undefined : { offset };
      const object = await bucket.get(key, { onlyIf, range });
      if (object === null) return new Response("no such object", { status: 404 });
      if (object.body === undefined) return new Response("another ETag", { status: 412 });
      return new Response(object.body, { headers: { "${OBJECT_HEADER}": head(object) } });
    },
    async put({ key, expects }, bucket, request) {
      const { custom: customMetadata, cacheExpiry, ...rest } = JSON.parse(
        decodeURIComponent(request.headers.get("${OBJECT_HEADER}")),
      );
      const httpMetadata = cacheExpiry === undefined ? rest : { ...rest, cacheExpiry: new Date(cacheExpiry) };
      const there = expects === undefined ? undefined : ((await bucket.head(key))?.etag ?? "");
      if (there !== expects) return new Response("another object is there", { status: 412 });
      const empty = request.headers.get("content-length") === "0";
      const object = await bucket.put(key, empty ? new Uint8Array() : request.body, { httpMetadata, customMetadata });
      return new Response(null, { headers: { "${OBJECT_HEADER}": head(object) } });
    },
    async remove({ key }, bucket) {
      await bucket.delete(key);
      return new Response(null);
    },
  };

  export default {
    async fetch(request, env) {
      const url = new URL(request.url);
      const [, secret, action] = url.pathname.split("/");
      if (secret !== "${secret}") return new Response(null, { status: 404 });
      try {
        return await actions[action](Object.fromEntries(url.searchParams), env.BUCKET, request);
      } catch (error) {
        return new Response(error.message, { status: 400 });
      }
    },
  };
`;

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
      init.signal?.throwIfAborted();
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
    async open(key, { etag, from = 0, to } = {}) {
      const response = await request('get', {
        key,
        from: String(from),
        ...(to === undefined ? {} : { to: String(to) }),
        ...(etag === undefined ? {} : { etag }),
      });
      const head = readHead(response.headers.get(OBJECT_HEADER));
      const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
      return { ...head, isContentEtag: true, body };
    },
    async put({ key, size, metadata, expects, signal, read }) {
      const response = await request(
        'put',
        { key, ...(expects === undefined ? {} : { expects: expects === 'nothing' ? '' : expects.etag }) },
        {
          method: 'PUT',
          headers: {
            'content-length': String(size),
            [OBJECT_HEADER]: encodeURIComponent(JSON.stringify(metadata)),
          },
          body: Readable.toWeb(read(0)),
          duplex: 'half',
          signal: signal ?? null,
        },
      );
      const { etag } = readHead(response.headers.get(OBJECT_HEADER));
      return { etag };
    },
    requireWritable: async () => undefined,
    async remove(key) {
      await request('remove', { key });
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
    const read = readShape(objectMetadata, head.metadata);
    if ('value' in read) return { etag: String(head.etag), size: Number(head.size), metadata: read.value };
  }
  throw new StoreFailure('refused', 'workerd gave an answer that is not one of ours.');
}
