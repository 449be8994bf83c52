import { readDatabaseState } from 'd1-core/records';
import { quoteIdentifier } from 'd1-core/sql';
import { checkTargetStamp, openTarget, type Target } from 'd1-core/target';
import {
  chooseBucket,
  explained,
  listObjects,
  openStore,
  retry,
  type ListedObject,
  type ObjectStore,
} from '../bucket/index.ts';
import { readCatalog, requireLocalFile } from '../database/index.ts';
import type { BackupRequest, BackupResult } from './request.ts';

/** The objects that are to be saved. */
export interface ObjectPlan {
  readonly store: ObjectStore;
  readonly objects: readonly ListedObject[];
  /** Of all together. */
  readonly bytes: number;
}

/** Opens the bucket with the objects; undefined where the environment has none. */
export function openBucket(
  target: Target,
  { bucket, concurrency }: { readonly bucket?: string | undefined; readonly concurrency: number },
): ObjectStore | undefined {
  const binding = chooseBucket(target.environment, bucket);
  return binding && openStore(target, binding, { connections: concurrency });
}

/** Lists what is in a bucket now. */
export async function listBucket(
  store: ObjectStore,
  prefix: string,
  onCount: (count: number) => void = () => undefined,
): Promise<ObjectPlan> {
  const objects: ListedObject[] = [];
  let bytes = 0;
  await explained(store, 'list', async () => {
    for await (const object of listObjects(store, prefix)) {
      objects.push(object);
      bytes += object.size;
      if (objects.length % 1000 === 0) onCount(objects.length);
    }
  });
  return { store, objects, bytes };
}

/** Throws where a bucket cannot be listed. */
export async function requireReachable(store: ObjectStore, prefix: string): Promise<void> {
  await explained(store, 'list', () => retry(() => store.list(prefix)));
}

/** What a backup would save. Writes nothing. */
export async function planBackup(
  request: BackupRequest,
  store: ObjectStore | undefined,
): Promise<Omit<BackupResult, 'durationMs'>> {
  const { target, parts, prefix, onProgress = () => undefined } = request;
  const database = parts === 'photos' ? undefined : await countRows(request);
  const plan =
    store && (await listBucket(store, prefix, (count) => onProgress(`listing the photos: ${count}`)));
  return {
    target,
    outcome: 'dry-run',
    file: undefined,
    size: 0,
    proof: undefined,
    database,
    photos: plan && {
      bucket: plan.store.bucket,
      prefix,
      objects: plan.objects.length,
      bytes: plan.bytes,
      reused: 0,
      problems: [],
    },
    uploaded: undefined,
    warnings: [],
  };
}

async function countRows({ target, mode }: BackupRequest): Promise<BackupResult['database']> {
  const { environment, database } = target;
  if (environment.location === 'local') requireLocalFile(target);
  const d1 = openTarget(target);
  try {
    const { stamp } = await readDatabaseState(d1, database.migrationsTable);
    checkTargetStamp(target, stamp);
    const { tables } = await readCatalog(d1);
    const counts = await d1.batch(
      tables.map(({ name }) => `SELECT count(*) AS rows FROM ${quoteIdentifier(name)}`),
    );
    return {
      binding: database.binding,
      name: database.databaseName ?? null,
      id: database.databaseId ?? null,
      mode,
      bookmark: null,
      consistent: true,
      tables: tables.map(({ name }, index) => ({
        name,
        rows: Number(counts[index]?.[0]?.['rows'] ?? 0),
        sha256: '',
      })),
    };
  } finally {
    await d1.close();
  }
}
