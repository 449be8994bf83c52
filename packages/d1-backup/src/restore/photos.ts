import { Readable } from 'node:stream';
import type { Archive } from '../archive/index.ts';
import {
  explained,
  listObjects,
  retry,
  type ListedObject,
  type ObjectStore,
  type PhotoRecord,
} from '../photos/index.ts';
import { hashContent } from '../photos/etag-check.ts';
import { ordered } from '../photos/ordered.ts';
import { D1Error } from 'd1-core/errors';
import { withNotes } from './database-restore.ts';

/** A photo of an archive. One of another tool's archive has no more than its content. */
export type ArchivedPhoto = Pick<PhotoRecord, 'key' | 'path' | 'size' | 'metadata' | 'partSize'> & {
  readonly etag: string | undefined;
};

/** What has to be done to bring the photos of an archive back. */
export interface PhotoPlan {
  readonly bucket: string;
  /** Those that are not in the bucket, or with another content. */
  readonly missing: readonly ArchivedPhoto[];
  /** The keys of those whose content in the bucket is another one. */
  readonly replaced: readonly string[];
  /** How many are in the bucket already. */
  readonly unchanged: number;
  /** How many objects the archive does not have; they stay. */
  readonly others: number;
}

/** The photos of an archive whose keys begin with a prefix. */
export function photosOf({ metadata, entries }: Archive, prefix: string): readonly ArchivedPhoto[] {
  const photos =
    metadata === undefined
      ? [...entries.values()].filter(({ path }) => path.startsWith(FOLDER)).map(foreignPhoto)
      : (metadata.photos?.objects ?? []);
  return photos.filter(({ key }) => key.startsWith(prefix));
}

const FOLDER = 'photos/';

const foreignPhoto = ({ path, size }: { readonly path: string; readonly size: number }): ArchivedPhoto => ({
  key: path.slice(FOLDER.length),
  path,
  size,
  etag: undefined,
  metadata: { custom: {} },
});

/** Compares the photos of an archive with a bucket, and writes nothing. */
export async function planPhotos(
  archive: Archive,
  photos: readonly ArchivedPhoto[],
  store: ObjectStore,
  prefix: string,
): Promise<PhotoPlan> {
  const objects = await readObjects(store, prefix);
  const missing: ArchivedPhoto[] = [];
  const replaced: string[] = [];
  for (const photo of photos) {
    const object = objects.get(photo.key);
    if (object !== undefined && (await isSame(archive, photo, object))) continue;
    missing.push(photo);
    if (object !== undefined) replaced.push(photo.key);
  }
  const keys = new Set(photos.map(({ key }) => key));
  return {
    bucket: store.bucket,
    missing,
    replaced,
    unchanged: photos.length - missing.length,
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
  photo: ArchivedPhoto,
  { etag, size }: ListedObject,
): Promise<boolean> {
  if (size !== photo.size) return false;
  if (etag === photo.etag) return true;
  const isMd5 = (text: string | undefined) => text !== undefined && !text.includes('-');
  if (isMd5(etag) && isMd5(photo.etag)) return false;
  const hasher = hashContent(etag, size);
  for await (const chunk of await archive.open(photo.path)) hasher.update(Buffer.from(chunk));
  return hasher.finish().etag === 'matches';
}

export interface PutOptions {
  /** Objects at a time. */
  readonly concurrency: number;
  /** Is told how many are in the bucket. */
  readonly onPut: (count: number) => void;
}

/**
 * Puts the missing photos of a plan into their bucket, with what R2 knew of them, and then looks whether they are there.
 * What fails leaves the others that are there already: a further run finds them.
 */
export async function putPhotos(
  archive: Archive,
  { missing }: PhotoPlan,
  store: ObjectStore,
  { concurrency, onPut }: PutOptions,
): Promise<void> {
  const etags = new Map<string, string>();
  try {
    const put = ordered(
      Readable.from(missing, { objectMode: true }),
      { concurrency },
      (photo: ArchivedPhoto) => putPhoto(archive, photo, store),
      async () => undefined,
    );
    for await (const { key, etag } of put) {
      etags.set(key, etag);
      onPut(etags.size);
    }
    await requireThere(missing, etags, store);
  } catch (error) {
    throw withNotes(error, [
      `At least ${etags.size} of ${missing.length} photos were put into the bucket "${store.bucket}".`,
      'Run again with --resume: those that are there are passed over.',
    ]);
  }
}

async function putPhoto(archive: Archive, photo: ArchivedPhoto, store: ObjectStore) {
  const { key, path, size, metadata, partSize } = photo;
  const read = (from: number) => Readable.from(contentFrom(archive, path, from), { objectMode: false });
  const { etag } = await explained(store, key, () =>
    retry(() => store.put({ key, size, metadata, partSize, read })),
  );
  return { key, etag };
}

async function* contentFrom(archive: Archive, path: string, from: number): AsyncGenerator<Buffer> {
  let left = from;
  for await (const chunk of await archive.open(path)) {
    const bytes = Buffer.from(chunk).subarray(left);
    left = Math.max(0, left - Buffer.byteLength(chunk));
    if (bytes.length > 0) yield bytes;
  }
}

async function requireThere(
  photos: readonly ArchivedPhoto[],
  etags: ReadonlyMap<string, string>,
  store: ObjectStore,
): Promise<void> {
  if (photos.length === 0) return;
  const objects = await readObjects(store, commonPrefix(photos.map(({ key }) => key)));
  const wrong = photos.filter(({ key, size }) => {
    const object = objects.get(key);
    return object?.size !== size || object.etag !== etags.get(key);
  });
  if (wrong.length === 0) return;
  throw new D1Error({
    code: 'photos-differ',
    message: `${wrong.length} of ${photos.length} photos are not in the bucket as they were put there, such as ${JSON.stringify(wrong[0]?.key)}.`,
    fix: 'Stop what else writes to the bucket, and run again with --resume.',
  });
}

function commonPrefix(keys: readonly string[]): string {
  let prefix = keys[0] ?? '';
  for (const key of keys) while (!key.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
