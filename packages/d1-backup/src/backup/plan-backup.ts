import { readCatalog } from '../content/index.ts';
import { readDatabaseState } from 'd1-core/history';
import { quoteIdentifier } from 'd1-core/sql';
import { checkTargetStamp, openTarget } from 'd1-core/target';
import type { ObjectStore } from '../photos/index.ts';
import { listPhotos } from './plan-photos.ts';
import { requireLocalFile } from './read-local.ts';
import type { BackupRequest, BackupResult } from './request.ts';

/** What a backup would save. Writes nothing. */
export async function planBackup(
  request: BackupRequest,
  store: ObjectStore | undefined,
): Promise<Omit<BackupResult, 'durationMs'>> {
  const { target, parts, prefix, onProgress = () => undefined } = request;
  const database = parts === 'photos' ? undefined : await countRows(request);
  const plan =
    store && (await listPhotos(store, prefix, (count) => onProgress(`listing the photos: ${count}`)));
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
