import { fetchObjects, type ListedObject, type ObjectStore, type PreviousObjects } from '../bucket/index.ts';
import type { EntryRecord, ObjectProblem, ObjectRecord, ObjectsRecord } from '../format/index.ts';
import type { Archive, ArchiveWriter } from '../zip/index.ts';
import type { ObjectJournal } from './object-journal.ts';

export interface SaveObjectsRequest {
  readonly store: ObjectStore;
  readonly objects: readonly ListedObject[];
  readonly prefix: string;
  readonly concurrency: number;
  readonly writer: ArchiveWriter;
  /** The name of the archive while it is unfinished. */
  readonly partial: string;
  readonly workplace: string;
  /** Where objects that have not changed are taken from, the first that has one. */
  readonly previous: readonly PreviousObjects[];
  readonly journal: ObjectJournal | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onObject?: ((done: { readonly objects: number; readonly bytes: number }) => void) | undefined;
}

export interface SavedObjects {
  readonly record: ObjectsRecord;
  readonly entries: readonly EntryRecord[];
  /** How many did not come from the bucket. */
  readonly reused: number;
  readonly bytes: number;
}

/** Fetches objects and writes them into an archive. */
export async function saveObjects(request: SaveObjectsRequest): Promise<SavedObjects> {
  const { store, writer, partial, journal, prefix, signal, onObject } = request;
  const objects: ObjectRecord[] = [];
  const entries: EntryRecord[] = [];
  const problems: ObjectProblem[] = [];
  let reused = 0;
  let bytes = 0;
  const photos = fetchObjects({
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
    onObject?.({ objects: objects.length, bytes });
  }
  await journal?.close();
  return { record: { bucket: store.bucket, prefix, objects, problems }, entries, reused, bytes };
}

/** The objects of an earlier archive; none when it has no metadata of ours. */
export function objectsOfArchive({ metadata, open }: Archive): PreviousObjects {
  const byKey = new Map(metadata?.photos?.objects.map((record) => [record.key, record]));
  return { find: (key) => byKey.get(key), open: ({ path }) => open(path) };
}

function firstOf(all: readonly PreviousObjects[]): PreviousObjects {
  const owners = new Map<ObjectRecord, PreviousObjects>();
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
      if (owner === undefined) throw new Error(`Nobody has the object ${record.key}.`);
      return owner.open(record);
    },
  };
}
