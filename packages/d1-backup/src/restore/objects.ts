import { Readable } from 'node:stream';
import { D1Error } from 'd1-core/errors';
import {
  explained,
  findObject,
  hashContent,
  listObjects,
  ordered,
  retry,
  StoreFailure,
  type ListedObject,
  type ObjectStore,
} from '../bucket/index.ts';
import type { ObjectRecord } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { withNotes } from './database-restore.ts';

/** An object of an archive. One of another tool's archive has no more than its content. */
export type ArchivedObject = Pick<ObjectRecord, 'key' | 'path' | 'size' | 'metadata'> &
  Partial<Pick<ObjectRecord, 'etag' | 'partSize'>>;

/** What has to be done to bring the objects of an archive back. */
export interface ObjectPlan {
  readonly bucket: string;
  /** Those that are not in the bucket, or with another content. */
  readonly missing: readonly ArchivedObject[];
  /** Of these, the ETags of what is there under their keys. */
  readonly replaced: ReadonlyMap<string, string>;
  /** How many are in the bucket already. */
  readonly unchanged: number;
  /** How many objects the archive does not have; they stay. */
  readonly others: number;
}

/** The objects of an archive whose keys begin with a prefix. */
export function objectsOf({ metadata, entries }: Archive, prefix: string): readonly ArchivedObject[] {
  const wanted =
    metadata === undefined
      ? [...entries.values()].filter(({ path }) => path.startsWith(FOLDER)).map(foreignObject)
      : (metadata.photos?.objects ?? []);
  return wanted.filter(({ key }) => key.startsWith(prefix));
}

const FOLDER = 'photos/';

const foreignObject = ({ path, size }: { readonly path: string; readonly size: number }): ArchivedObject => ({
  key: path.slice(FOLDER.length),
  path,
  size,
  metadata: { custom: {} },
});

/** Compares the objects of an archive with a bucket, and writes nothing. */
export async function planObjects(
  archive: Archive,
  wanted: readonly ArchivedObject[],
  store: ObjectStore,
  prefix: string,
): Promise<ObjectPlan> {
  const objects = await readObjects(store, prefix);
  const missing: ArchivedObject[] = [];
  const replaced = new Map<string, string>();
  for (const stored of wanted) {
    const object = objects.get(stored.key);
    if (object !== undefined && (await isSame(archive, stored, object))) continue;
    missing.push(stored);
    if (object !== undefined) replaced.set(stored.key, object.etag);
  }
  const keys = new Set(wanted.map(({ key }) => key));
  return {
    bucket: store.bucket,
    missing,
    replaced,
    unchanged: wanted.length - missing.length,
    others: [...objects.keys()].filter((key) => !keys.has(key)).length,
  };
}

async function readObjects(store: ObjectStore, prefix: string): Promise<ReadonlyMap<string, ListedObject>> {
  const objects = new Map<string, ListedObject>();
  await explained(store, 'list', async () => {
    for await (const object of listObjects(store, prefix)) objects.set(object.key, object);
  });
  return objects;
}

/** An ETag also says in which parts an object was uploaded, so another one may still be of the same content. */
async function isSame(
  archive: Archive,
  stored: ArchivedObject,
  { etag, size }: ListedObject,
): Promise<boolean> {
  if (size !== stored.size) return false;
  if (etag === stored.etag) return true;
  const isMd5 = (text: string | undefined) => text !== undefined && !text.includes('-');
  if (isMd5(etag) && isMd5(stored.etag)) return false;
  const hasher = hashContent(etag, size);
  for await (const chunk of await archive.open(stored.path)) hasher.update(Buffer.from(chunk));
  return hasher.finish().etag === 'matches';
}

export interface PutOptions {
  /** Objects at a time. */
  readonly concurrency: number;
  /** Is told how many are in the bucket. */
  readonly onPut: (count: number) => void;
}

/**
 * Puts the missing objects of a plan into their bucket, with what R2 knew of them, and then looks whether they are there.
 * What fails leaves the others that are there already: a further run finds them.
 */
export async function putObjects(
  archive: Archive,
  { missing, replaced }: ObjectPlan,
  store: ObjectStore,
  { concurrency, onPut }: PutOptions,
): Promise<void> {
  const etags = new Map<string, string>();
  try {
    const put = ordered(
      Readable.from(missing, { objectMode: true }),
      { concurrency },
      (stored: ArchivedObject) => putOne(archive, stored, store, replaced.get(stored.key)),
      async () => undefined,
    );
    for await (const { key, etag } of put) {
      etags.set(key, etag);
      onPut(etags.size);
    }
    await requireThere(missing, etags, store);
  } catch (error) {
    throw withNotes(error, [
      `At least ${etags.size} of ${missing.length} objects were put into the bucket "${store.bucket}".`,
      `Run again with --resume${replaced.size === 0 ? '' : ' --overwrite'}: those that are there are passed over.`,
    ]);
  }
}

/** Puts an object where the bucket still has what was seen there; one with the same content may have come meanwhile. */
async function putOne(
  archive: Archive,
  stored: ArchivedObject,
  store: ObjectStore,
  replaced: string | undefined,
): Promise<{ readonly key: string; readonly etag: string }> {
  const { key, path, size, metadata, partSize } = stored;
  const read = (from: number) => Readable.from(contentFrom(archive, path, from), { objectMode: false });
  const expects = replaced === undefined ? 'nothing' : { etag: replaced };
  return explained(store, key, async () => {
    try {
      const { etag } = await retry(() => store.put({ key, size, metadata, partSize, expects, read }));
      return { key, etag };
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.kind !== 'changed') throw error;
      // An upload whose answer was lost is one of those, too.
      const there = await findObject(store, key);
      if (there !== undefined && (await isSame(archive, stored, there))) return { key, etag: there.etag };
      throw cameMeanwhile(store, key, error);
    }
  });
}

const cameMeanwhile = ({ bucket }: ObjectStore, key: string, cause: unknown): D1Error =>
  new D1Error({
    code: 'object-changed-meanwhile',
    message: `Somebody else wrote ${JSON.stringify(key)} into the bucket "${bucket}" after it was listed, and it was not replaced.`,
    fix: 'Stop what else writes to the bucket, and look with --dryRun what would be replaced.',
    cause,
  });

async function* contentFrom(archive: Archive, path: string, from: number): AsyncGenerator<Buffer> {
  let left = from;
  for await (const chunk of await archive.open(path)) {
    const bytes = Buffer.from(chunk).subarray(left);
    left = Math.max(0, left - Buffer.byteLength(chunk));
    if (bytes.length > 0) yield bytes;
  }
}

async function requireThere(
  wanted: readonly ArchivedObject[],
  etags: ReadonlyMap<string, string>,
  store: ObjectStore,
): Promise<void> {
  if (wanted.length === 0) return;
  const objects = await readObjects(store, commonPrefix(wanted.map(({ key }) => key)));
  const wrong = wanted.filter(({ key, size }) => {
    const object = objects.get(key);
    return object?.size !== size || object.etag !== etags.get(key);
  });
  if (wrong.length === 0) return;
  throw new D1Error({
    code: 'objects-differ',
    message: `${wrong.length} of ${wanted.length} objects are not in the bucket as they were put there, such as ${JSON.stringify(wrong[0]?.key)}.`,
    fix: 'Stop what else writes to the bucket, and run again with --resume.',
  });
}

/** What all keys begin with. A character that UTF-16 writes in two halves is not cut in two. */
function commonPrefix(keys: readonly string[]): string {
  let prefix = keys[0] ?? '';
  for (const key of keys) while (!key.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix.replace(/[\uD800-\uDBFF]$/, '');
}
