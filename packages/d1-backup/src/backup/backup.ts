import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D1Error, isD1Error } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import type { ObjectStore } from '../bucket/index.ts';
import { sizeOfLocal } from '../database/index.ts';
import { manifestName, manifestText, type ArchiveMetadata } from '../format/index.ts';
import { openUpload, type Upload } from '../shelf/index.ts';
import { verify } from '../verify/index.ts';
import { encryptArchive, openArchive, requireRecipients } from '../zip/index.ts';
import { explainFailure } from './explain-failure.ts';
import { clearWorkFolder, giveName, requireRoom } from './output-folder.ts';
import { withOutputLock } from './output-lock.ts';
import { openBucket, planBackup, requireReachable } from './plan.ts';
import { notRestorable } from './prove-dump.ts';
import type { BackupRequest, BackupResult } from './request.ts';
import { beginRun, type Run } from './run.ts';
import { saveContent, type ObjectSources } from './save-content.ts';

/**
 * Saves the database and the objects of a target in one archive, which gets its name only when it is whole and, unless
 * `verify` is false, proved: the database was restored into a throw-away one and compared, and every byte was read again.
 * The database and the bucket are only read. Throws D1Error: `locked`, `wrong-environment`, `disk-full`,
 * `not-restorable`, `interrupted`, and what wrangler or the bucket says. Earlier archives stay as they are.
 */
export async function backup(request: BackupRequest): Promise<BackupResult> {
  const started = performance.now();
  await requireRecipients(request.recipients);
  const upload = request.upload === undefined ? undefined : openUpload(request.upload, request.target);
  const store = request.parts === 'database' ? undefined : openBucket(request.target, request);
  try {
    if (store === undefined && request.parts === 'photos') throw noBucket(request);
    const result = request.dryRun
      ? await planBackup(request, store)
      : await openSourcesAndSave(request, store, upload);
    return { ...result, durationMs: performance.now() - started };
  } finally {
    await store?.close();
    await upload?.close();
  }
}

type Result = Omit<BackupResult, 'durationMs'>;

/** What cannot be reached or opened should be known before an hour of work. */
async function openSourcesAndSave(
  request: BackupRequest,
  store: ObjectStore | undefined,
  upload: Upload | undefined,
): Promise<Result> {
  const { previous, identity, parts, prefix, output, onProgress = () => undefined } = request;
  onProgress('looking at what is there');
  await upload?.check();
  const earlier = previous === undefined ? undefined : await openArchive(previous, { identity });
  try {
    if (store !== undefined && parts === 'all') await requireReachable(store, prefix);
    prepareOutput(request);
    return await withOutputLock(output, async () => {
      const saved = await saveArchive(request, { store, earlier });
      return { ...saved, uploaded: await uploadArchive(upload, saved.file, request) };
    });
  } finally {
    await earlier?.close();
  }
}

function prepareOutput(request: BackupRequest): void {
  try {
    makeFolder(request.output);
  } catch (error) {
    throw explainFailure(error, request);
  }
}

async function saveArchive(request: BackupRequest, sources: ObjectSources) {
  const { target, parts, output, verify: isProved, signal } = request;
  const run = await beginRun(request, sources.store);
  try {
    if (parts !== 'photos') await requireRoom(output, 2 * sizeOfLocal(target));
    const { metadata, photos } = await saveContent(request, sources, run);
    if (isProved) await readAgain(request, run);
    signal?.throwIfAborted();
    const finished = await encrypted(request, run);
    if (finished !== run.partial) await writeManifest(finished, join(output, run.name), metadata);
    const file = await giveName(finished, output, run.name);
    await run.end();
    return {
      target,
      outcome: 'saved' as const,
      file,
      size: (await stat(file)).size,
      proof: metadata.proof,
      database: metadata.database,
      photos,
      warnings: metadata.warnings,
    };
  } catch (error) {
    throw explainFailure(error, request, await run.breakOff(error));
  } finally {
    await clearWorkFolder(output);
  }
}

/** Before the archive has its name, which a manifest alone says nothing of. */
async function writeManifest(finished: string, archive: string, metadata: ArchiveMetadata): Promise<void> {
  const { size } = await stat(finished);
  await writeFile(manifestName(archive), manifestText(metadata, size), { mode: 0o600 });
}

/** The file that gets the name of the archive. */
async function encrypted(
  { recipients, signal, onProgress = () => undefined }: BackupRequest,
  run: Run,
): Promise<string> {
  if (recipients.length === 0) return run.partial;
  await encryptArchive(run.partial, run.encrypted, recipients, {
    signal,
    onProgress: (fraction) => onProgress('encrypting the archive', fraction),
  });
  return run.encrypted;
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
  file: string,
  { signal, onProgress = () => undefined }: BackupRequest,
): Promise<string | undefined> {
  try {
    const address = await upload?.put(file, {
      signal,
      onProgress: (fraction) => onProgress(`uploading to ${upload.place}`, fraction),
    });
    if (file.endsWith('.age')) await upload?.put(manifestName(file), { signal });
    return address;
  } catch (error) {
    throw uploadFailed(error, file, signal);
  }
}

/** The archive is there, whatever becomes of its copy. */
function uploadFailed(error: unknown, file: string, signal: AbortSignal | undefined): unknown {
  const made = `The archive itself is made: ${file}`;
  if (signal?.aborted === true) {
    return new D1Error({
      code: 'interrupted',
      message: 'The upload was stopped.',
      fix: 'Copy the archive yourself, or make another one.',
      notes: [made],
      cause: error,
    });
  }
  if (!isD1Error(error)) return error;
  const { code, message, fix, location, exitCode, notes } = error;
  return new D1Error({ code, message, fix, location, exitCode, notes: [...notes, made], cause: error });
}

function noBucket({ target: { environment } }: BackupRequest): D1Error {
  return new D1Error({
    code: 'no-bucket',
    message: `The environment "${environment.name}" has no R2 bucket, so there are no objects to save.`,
    fix: 'Add an entry to r2_buckets in the wrangler config, or leave out --photosOnly.',
    location: { file: environment.configFile, line: environment.line },
    exitCode: 2,
  });
}
