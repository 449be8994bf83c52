import { stat } from 'node:fs/promises';
import { D1Error } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import { openArchive } from '../archive/index.ts';
import type { ObjectStore } from '../photos/index.ts';
import { openUpload, type Upload } from '../upload/index.ts';
import { verify } from '../verify/index.ts';
import { explainFailure } from './explain-failure.ts';
import { clearWorkFolder, giveName, requireRoom } from './output-folder.ts';
import { withOutputLock } from './output-lock.ts';
import { openPhotos, requireReachable } from './plan-photos.ts';
import { planBackup } from './plan-backup.ts';
import { notRestorable } from './prove-dump.ts';
import type { BackupRequest, BackupResult } from './request.ts';
import { beginRun, type Run } from './run.ts';
import { saveContent, type PhotoSources } from './save-content.ts';
import { sizeOfLocal } from './read-local.ts';

/**
 * Saves the database and the photos of a target in one archive, which gets its name only when it is whole and, unless
 * `verify` is false, proved: the database was restored into a throw-away one and compared, and every byte was read again.
 * The database and the bucket are only read. Throws D1Error: `locked`, `wrong-environment`, `disk-full`,
 * `not-restorable`, `interrupted`, and what wrangler or the bucket says. Earlier archives stay as they are.
 */
export async function backup(request: BackupRequest): Promise<BackupResult> {
  const started = performance.now();
  if (request.recipients.length > 0) (await encryption()).readRecipients(request.recipients);
  const upload = request.upload === undefined ? undefined : openUpload(request.upload, request.target);
  const store = request.parts === 'database' ? undefined : openPhotos(request.target, request);
  try {
    if (store === undefined && request.parts === 'photos') throw noBucket(request);
    const result = request.dryRun ? await planBackup(request, store) : await checked(request, store, upload);
    return { ...result, durationMs: performance.now() - started };
  } finally {
    await store?.close();
    await upload?.close();
  }
}

/** Most backups do without, and what it needs takes time to load. */
const encryption = () => import('../encrypt/index.ts');

type Result = Omit<BackupResult, 'durationMs'>;

/** What cannot be reached or opened should be known before an hour of work. */
async function checked(
  request: BackupRequest,
  store: ObjectStore | undefined,
  upload: Upload | undefined,
): Promise<Result> {
  const { since, identity, parts, prefix, onProgress = () => undefined } = request;
  onProgress('looking what is there');
  await upload?.check();
  const earlier = since === undefined ? undefined : await openArchive(since, { identity });
  try {
    if (store !== undefined && parts === 'all') await requireReachable(store, prefix);
    return await locked(request, { store, earlier }, upload);
  } finally {
    await earlier?.close();
  }
}

async function locked(
  request: BackupRequest,
  sources: PhotoSources,
  upload: Upload | undefined,
): Promise<Result> {
  const { output, onProgress = () => undefined } = request;
  try {
    makeFolder(output);
  } catch (error) {
    throw explainFailure(error, request);
  }
  return withOutputLock(output, async () => {
    const run = await beginRun(request, sources.store);
    try {
      const saved = await saveArchive(request, sources, run);
      await run.end();
      return { ...saved, uploaded: await uploadArchive(upload, saved.file, onProgress) };
    } catch (error) {
      throw explainFailure(error, request, await run.breakOff(error));
    } finally {
      await clearWorkFolder(output);
    }
  });
}

async function saveArchive(
  request: BackupRequest,
  sources: PhotoSources,
  run: Run,
): Promise<Omit<Result, 'uploaded'>> {
  const { target, output, recipients, onProgress = () => undefined } = request;
  if (request.parts !== 'photos') await requireRoom(output, 2 * sizeOfLocal(target));
  const { metadata, photos } = await saveContent(request, sources, run);
  if (request.verify) await readAgain(request, run);
  request.signal?.throwIfAborted();
  let finished = run.partial;
  if (recipients.length > 0) {
    finished = run.encrypted;
    const { encryptArchive } = await encryption();
    await encryptArchive(run.partial, finished, recipients, (fraction) =>
      onProgress('encrypting the archive', fraction),
    );
  }
  const file = await giveName(finished, output, run.name);
  return {
    target,
    outcome: 'saved',
    file,
    size: (await stat(file)).size,
    proof: metadata.proof,
    database: metadata.database,
    photos,
    warnings: metadata.warnings,
  };
}

/** The last proof: whatever happened to the bytes on their way, what is on the disk is what was meant. */
async function readAgain(
  { target, onProgress = () => undefined, signal }: BackupRequest,
  { partial }: Run,
): Promise<void> {
  const { problems } = await verify({
    file: partial,
    level: 'hashes',
    wrangler: target.wrangler,
    migrations: { historyTable: target.database.migrationsTable, files: undefined },
    onProgress(_, fraction) {
      signal?.throwIfAborted();
      onProgress('reading the archive again', fraction);
    },
  });
  if (problems.length > 0) throw notRestorable(problems);
}

async function uploadArchive(
  upload: Upload | undefined,
  file: string | undefined,
  onProgress: NonNullable<BackupRequest['onProgress']>,
): Promise<string | undefined> {
  if (upload === undefined || file === undefined) return undefined;
  try {
    return await upload.put(file, (fraction) => onProgress(`uploading to ${upload.place}`, fraction));
  } catch (error) {
    if (!(error instanceof D1Error)) throw error;
    const { code, message, fix, location, exitCode, notes } = error;
    const made = `The archive itself is made: ${file}`;
    throw new D1Error({ code, message, fix, location, exitCode, notes: [...notes, made], cause: error });
  }
}

function noBucket({ target: { environment } }: BackupRequest): D1Error {
  return new D1Error({
    code: 'no-bucket',
    message: `The environment "${environment.name}" has no R2 bucket, so there are no photos to save.`,
    fix: 'Add an entry to r2_buckets in the wrangler config, or leave --photosOnly away.',
    location: { file: environment.configFile, line: environment.line },
    exitCode: 2,
  });
}
