import type { Engine } from './engine.ts';
import { ApiError } from './reply.ts';

export interface Bucket {
  /** What it is called in workerd, unlike the name unique among all accounts. */
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Which buckets there are. Errors and their codes are Cloudflare's. */
export interface Buckets {
  list(accountId?: string): readonly Bucket[];
  /** Throws 10004 when the account has one of that name. */
  create(accountId: string, name: string): Bucket;
  /** Throws 10006 when the account has no such bucket. */
  get(accountId: string, name: string): Bucket;
  /** Throws 10008 when there is an object in it. */
  delete(bucket: Bucket): Promise<void>;
  /** Sends a request for one object, or for a list, to the Worker. */
  request(bucket: Bucket, request: BucketRequest): Promise<Response>;
}

export interface BucketRequest extends RequestInit {
  readonly kind: 'object' | 'list';
  readonly search: Readonly<Record<string, string>>;
}

export function createBuckets(engine: Engine): Buckets {
  const byId = new Map<string, Bucket>();
  const idOf = (accountId: string, name: string) => `${accountId}-${name}`;

  const request: Buckets['request'] = ({ id }, { kind, search, ...init }) =>
    engine.work(async (call) => {
      const response = await call(`/${kind}/${id}?${new URLSearchParams(search)}`, init);
      // Read here, because workerd may be stopped as soon as the job is done.
      return new Response(await response.arrayBuffer(), response);
    });

  return {
    list: (accountId) =>
      [...byId.values()].filter((bucket) => accountId === undefined || bucket.accountId === accountId),
    create(accountId, name) {
      const id = idOf(accountId, name);
      if (byId.has(id)) throw new ApiError(409, 10004, 'The bucket you tried to create already exists.');
      const bucket = { id, name, accountId, createdAt: new Date().toISOString() };
      byId.set(id, bucket);
      return bucket;
    },
    get(accountId, name) {
      const bucket = byId.get(idOf(accountId, name));
      if (bucket === undefined) throw new ApiError(404, 10006, 'The specified bucket does not exist.');
      return bucket;
    },
    async delete(bucket) {
      const page: unknown = await (await request(bucket, { kind: 'list', search: { limit: '1' } })).json();
      if (isPage(page) && page.objects.length > 0) {
        throw new ApiError(409, 10008, 'The bucket you tried to delete is not empty.');
      }
      byId.delete(bucket.id);
    },
    request,
  };
}

/** What the Worker answers to `list`. */
export interface BucketPage {
  readonly objects: readonly object[];
  readonly delimitedPrefixes: readonly string[];
  readonly truncated: boolean;
  readonly cursor?: string;
}

export const isPage = (value: unknown): value is BucketPage =>
  typeof value === 'object' && value !== null && 'objects' in value && Array.isArray(value.objects);
