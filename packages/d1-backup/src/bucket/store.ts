import type { Readable } from 'node:stream';
import type { ObjectMetadata } from '../format/index.ts';

/** An object as a list has it. */
export interface ListedObject {
  readonly key: string;
  /** Without quotes: the MD5 of the content, or `<MD5 of the parts' MD5s>-<parts>` of a multipart upload. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
}

export interface OpenObject {
  readonly etag: string;
  /** Whether the ETag is that of the content. With a key of KMS it is not: it only tells whether the object has changed. */
  readonly isContentEtag: boolean;
  /** Bytes of the whole object, also where only its end was asked for. */
  readonly size: number;
  readonly metadata: ObjectMetadata;
  readonly body: Readable;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** For the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface NewObject {
  readonly key: string;
  readonly size: number;
  readonly metadata: ObjectMetadata;
  /** The size of the parts that it was once uploaded in; with the same parts it gets the same ETag. */
  readonly partSize?: number | undefined;
  /** What must be there for it: nothing, or an object with this ETag. Whatever is there is replaced without it. */
  readonly expects?: 'nothing' | { readonly etag: string } | undefined;
  /** Stops the upload, which then throws what it was stopped with. */
  readonly signal?: AbortSignal | undefined;
  /** Opens the content from a byte on, as often as it is called. */
  readonly read: (from: number) => Readable;
}

export interface OpenOptions {
  readonly etag?: string | undefined;
  /** The first byte. */
  readonly from?: number | undefined;
  /** The byte after the last one. */
  readonly to?: number | undefined;
}

/** An R2 bucket, wherever it is. Each call is one request; what fails throws a `StoreFailure`. */
export interface ObjectStore {
  readonly location: 'local' | 'remote';
  readonly bucket: string;
  /** In the order of the keys' UTF-8 bytes, at most 1000 at a time. */
  list(prefix: string, cursor?: string): Promise<ObjectPage>;
  /** Opens an object, or a range of it; with an ETag only while it still has that one. */
  open(key: string, options?: OpenOptions): Promise<OpenObject>;
  /**
   * Returns the ETag. The content is checked against its MD5 on the way. Fails with `changed` where something else is there
   * than what was expected.
   */
  put(object: NewObject): Promise<{ readonly etag: string }>;
  /** Fails where an object with this key must not be put. Leaves nothing. */
  requireWritable(key: string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Why a request failed. `passing`: a later one may succeed. `vanished`: there is no such object. `changed`: it has
 * another ETag now. `refused`: this one will never succeed. `denied`: neither will any other.
 */
export type FailureKind = 'passing' | 'vanished' | 'changed' | 'refused' | 'denied';

/** A request that failed. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly kind: FailureKind;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    { retryAfter, cause }: { retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** The kind of failure that an HTTP status stands for. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 404) return 'vanished';
  if (status === 412) return 'changed';
  if (status === 401 || status === 403) return 'denied';
  return status === 408 || status === 429 || status >= 500 ? 'passing' : 'refused';
}

/** Milliseconds of a `Retry-After` header: a number of seconds, or a date. */
export function retryAfterOf(header: string | undefined | null, now = Date.now()): number | undefined {
  if (header === undefined || header === null || header === '') return undefined;
  const milliseconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
