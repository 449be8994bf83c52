import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ObjectProblem, ObjectRecord } from '../format/index.ts';
import { createRoom, type Room } from './download.ts';
import { fetchObject } from './fetch-object.ts';
import { ordered } from './ordered.ts';
import { explainBucketError, explained, findObject, listObjects, type RetryOptions } from './requests.ts';
import { StoreFailure, type ListedObject, type ObjectStore } from './store.ts';
import { createNamer } from './stored-name.ts';

/** An object whose content is here, whole and checked. */
export interface HeldObject {
  readonly record: ObjectRecord;
  /** `previous` when it is taken from an earlier archive. */
  readonly from: 'bucket' | 'previous';
  /** The content itself where it is small, else a stream of it. */
  readonly content: Buffer | (() => Readable);
  /** To be called when the content is no longer needed. */
  readonly discard: () => Promise<void>;
}

/** The objects of an earlier archive. */
export interface PreviousObjects {
  /** What the archive has of a key; undefined when it has nothing of it. */
  find(key: string): ObjectRecord | undefined;
  /** Opens the content of one of its records. */
  open(record: ObjectRecord): Promise<Readable>;
}

export interface FetchObjectsOptions {
  readonly store: ObjectStore;
  /** A folder for large objects on their way; it must exist, and is left empty. */
  readonly staging: string;
  /** Only keys that begin so. */
  readonly prefix?: string | undefined;
  /** The objects, where they have been listed already. */
  readonly objects?: readonly ListedObject[] | undefined;
  /** Objects at a time; default 16. */
  readonly concurrency?: number | undefined;
  /** What all objects that wait for their turn may take in memory; others wait on disk. Bytes, default 48 MiB. */
  readonly memory?: number | undefined;
  /** Objects that have not changed are taken from here. */
  readonly previous?: PreviousObjects | undefined;
  readonly onProblem?: ((problem: ObjectProblem) => void) | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Ends the fetching: what is under way is waited for, and nothing more is begun. */
  readonly signal?: AbortSignal | undefined;
}

const MEMORY = 48 * 1024 * 1024;

/**
 * What objects that wait may take in memory and on disk; no further one is begun meanwhile. Bytes. Large objects then
 * come a few at a time, and the first is written into the archive while the next ones come.
 */
const MOST_AHEAD = 256 * 1024 * 1024;

interface Fetching extends FetchObjectsOptions {
  readonly room: Room;
}

/**
 * Fetches the objects of a bucket, in the order of its list, each whole and checked before it is given. Memory
 * and disk are bounded. The consumer calls `discard` of each object. Throws D1Error when the bucket
 * cannot be read; an object that cannot be had is a problem, and the others go on.
 */
export async function* fetchObjects(options: FetchObjectsOptions): AsyncGenerator<HeldObject> {
  const { store, prefix = '', concurrency = 16, memory = MEMORY, onProblem = () => undefined } = options;
  const fetching = { ...options, room: createRoom(memory) };
  const fetched = ordered(
    named(options.objects ?? listed(store, prefix, options.retry), options.signal),
    { concurrency, ahead: { mostBytes: MOST_AHEAD, bytesOf: ({ listed }) => listed.size } },
    ({ listed, path }) => explained(store, listed.key, () => fetchOne(fetching, listed, path)),
    async ({ object }) => object?.discard(),
  );
  for await (const { object, problems } of fetched) {
    for (const problem of problems) onProblem(problem);
    if (object !== undefined) yield object;
  }
}

interface Fetched {
  readonly object: HeldObject | undefined;
  readonly problems: readonly ObjectProblem[];
}

interface NamedObject {
  readonly listed: ListedObject;
  readonly path: string;
}

async function* named(
  objects: AsyncIterable<ListedObject> | Iterable<ListedObject>,
  signal: AbortSignal | undefined,
): AsyncGenerator<NamedObject> {
  const nameOf = createNamer();
  for await (const object of objects) {
    signal?.throwIfAborted();
    yield { listed: object, path: nameOf(object.key) };
  }
}

async function* listed(
  store: ObjectStore,
  prefix: string,
  options: RetryOptions | undefined,
): AsyncGenerator<ListedObject> {
  try {
    yield* listObjects(store, prefix, options);
  } catch (error) {
    throw explainBucketError(error, store, 'list');
  }
}

async function fetchOne(options: Fetching, listed: ListedObject, path: string): Promise<Fetched> {
  const before = unchangedRecord(listed, options.previous?.find(listed.key));
  if (before === undefined || options.previous === undefined) return fromBucket(options, listed, path);
  const object = await fromPrevious(options.previous, before, path);
  if (object !== undefined) return { object, problems: [] };
  const { object: fresh, problems } = await fromBucket(options, listed, path);
  const reason = `${before.path} of the earlier archive does not have the content that its metadata names`;
  return { object: fresh, problems: [{ key: listed.key, kind: 'previous-damaged', reason }, ...problems] };
}

/** The record of an earlier archive, where the object is still the one of then. */
export function unchangedRecord(
  { key, etag, size }: ListedObject,
  record: ObjectRecord | undefined,
): ObjectRecord | undefined {
  const isSame = record?.key === key && record.etag === etag && record.size === size;
  return isSame ? record : undefined;
}

/** Undefined when the earlier archive does not have what it says. */
async function fromPrevious(
  previous: PreviousObjects,
  before: ObjectRecord,
  path: string,
): Promise<HeldObject | undefined> {
  try {
    const hash = createHash('sha256');
    await pipeline(await previous.open(before), hash);
    if (hash.digest('hex') !== before.sha256) return undefined;
    const content = await previous.open(before);
    return {
      record: { ...before, path },
      from: 'previous',
      content: () => content,
      discard: async () => void content.destroy(),
    };
  } catch {
    return undefined; // Whatever is wrong with it, the bucket has the object.
  }
}

/** How often an object may be replaced while it is read. */
const MOST_CHANGES = 3;

async function fromBucket(options: Fetching, listed: ListedObject, path: string): Promise<Fetched> {
  const { store, staging, room, retry: retryOptions } = options;
  const { key } = listed;
  const file = join(staging, createHash('sha256').update(path).digest('hex'));
  const problems: ObjectProblem[] = [];
  let wanted = listed;
  for (let changes = 0; ; changes++) {
    try {
      const { content, discard, ...facts } = await fetchObject(store, wanted, {
        file,
        room,
        retry: retryOptions,
      });
      return { object: { record: { key, path, ...facts }, from: 'bucket', content, discard }, problems };
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.kind === 'passing' || error.kind === 'denied')
        throw error;
      const now = error.kind === 'refused' ? undefined : await findObject(store, key, retryOptions);
      const gone = error.kind === 'vanished' || (error.kind === 'changed' && now === undefined);
      if (gone && now === undefined)
        return { object: undefined, problems: [problem(key, 'vanished', error)] };
      if (error.kind !== 'changed' || now === undefined || changes === MOST_CHANGES) {
        return { object: undefined, problems: [problem(key, 'unreadable', error)] };
      }
      if (changes === 0) problems.push(problem(key, 'replaced', error));
      wanted = now;
    }
  }
}

function problem(key: string, kind: ObjectProblem['kind'], { message }: Error): ObjectProblem {
  const reasons = {
    vanished: 'it was deleted while the archive was made',
    replaced: 'it was replaced while the archive was made; the archive has the new content',
    unreadable: message,
    'previous-damaged': message,
  };
  return { key, kind, reason: reasons[kind] };
}
