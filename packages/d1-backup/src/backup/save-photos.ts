import type { Archive, ArchiveWriter, EntryRecord, PhotosRecord } from '../archive/index.ts';
import {
  fetchPhotos,
  type ListedObject,
  type ObjectStore,
  type PhotoProblem,
  type PhotoRecord,
  type PreviousPhotos,
} from '../photos/index.ts';
import type { PhotoJournal } from './photo-journal.ts';

export interface SavePhotosRequest {
  readonly store: ObjectStore;
  readonly objects: readonly ListedObject[];
  readonly prefix: string;
  readonly concurrency: number;
  readonly writer: ArchiveWriter;
  /** The name of the archive while it is unfinished. */
  readonly partial: string;
  readonly workplace: string;
  /** Where photos that have not changed are taken from, the first that has one. */
  readonly previous: readonly PreviousPhotos[];
  readonly journal: PhotoJournal | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onPhoto?: ((done: { readonly photos: number; readonly bytes: number }) => void) | undefined;
}

export interface SavedPhotos {
  readonly record: PhotosRecord;
  readonly entries: readonly EntryRecord[];
  /** How many did not come from the bucket. */
  readonly reused: number;
  readonly bytes: number;
}

/** Fetches photos and writes them into an archive. */
export async function savePhotos(request: SavePhotosRequest): Promise<SavedPhotos> {
  const { store, writer, partial, journal, prefix, signal, onPhoto } = request;
  const objects: PhotoRecord[] = [];
  const entries: EntryRecord[] = [];
  const problems: PhotoProblem[] = [];
  let reused = 0;
  let bytes = 0;
  const photos = fetchPhotos({
    store,
    objects: request.objects,
    staging: request.workplace,
    prefix,
    concurrency: request.concurrency,
    previous: request.previous.length === 0 ? undefined : firstOf(request.previous),
    onProblem: (problem) => void problems.push(problem),
    signal,
  });
  for await (const { record, content, discard, from } of photos) {
    try {
      const { offset } = await writer.add({ path: record.path, content, compress: false });
      if (offset !== undefined) journal?.append({ partial, offset, record });
    } finally {
      await discard();
    }
    const { path, size, sha256 } = record;
    objects.push(record);
    entries.push({ path, size, sha256 });
    bytes += size;
    if (from === 'previous') reused += 1;
    onPhoto?.({ photos: objects.length, bytes });
  }
  await journal?.close();
  return { record: { bucket: store.bucket, prefix, objects, problems }, entries, reused, bytes };
}

/** The photos of an earlier archive; none when it has no metadata of ours. */
export function photosOfArchive({ metadata, open }: Archive): PreviousPhotos {
  const byKey = new Map(metadata?.photos?.objects.map((record) => [record.key, record]));
  return { find: (key) => byKey.get(key), open: ({ path }) => open(path) };
}

function firstOf(all: readonly PreviousPhotos[]): PreviousPhotos {
  const owners = new Map<PhotoRecord, PreviousPhotos>();
  return {
    find(key) {
      for (const previous of all) {
        const record = previous.find(key);
        if (record === undefined) continue;
        owners.set(record, previous);
        return record;
      }
      return undefined;
    },
    async open(record) {
      const owner = owners.get(record);
      if (owner === undefined) throw new Error(`Nobody has the photo ${record.key}.`);
      return owner.open(record);
    },
  };
}
