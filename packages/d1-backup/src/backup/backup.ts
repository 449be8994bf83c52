import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D1Error, isD1Error } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import type { ObjectStore } from '../bucket/index.ts';
import { sizeOfLocal } from '../database/index.ts';
import { manifestName, manifestText, type ArchiveMetadata } from '../format/index.ts';
import { openChosen, openUpload, type BucketShelf } from '../shelf/index.ts';
import { verify } from '../verify/index.ts';
import {
  encryptArchive,
  openArchive,
  readSigner,
  requireRecipients,
  type Archive,
  type Signer,
} from '../zip/index.ts';
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
  const signer = request.sign === undefined ? undefined : await readSigner(request.sign);
  const { home, upload } = request;
  const shelves = [home, upload].flatMap((to) => (to === undefined ? [] : [openUpload(to, request.target)]));
  const store = request.parts === 'database' ? undefined : openBucket(request.target, request);
  try {
    if (store === undefined && request.parts === 'photos') throw noBucket(request);
    const result = request.dryRun
      ? await planBackup(request, store)
      : await openSourcesAndSave(request, { store, shelves, signer });
    return { ...result, durationMs: performance.now() - started };
  } finally {
    await store?.close();
    for (const shelf of shelves) await shelf.close();
  }
}

type Result = Omit<BackupResult, 'durationMs'>;

interface Means {
  readonly store: ObjectStore | undefined;
  readonly shelves: readonly BucketShelf[];
  readonly signer: Signer | undefined;
}

/** What cannot be reached or opened should be known before an hour of work. */
async function openSourcesAndSave(
  request: BackupRequest,
  { store, shelves, signer }: Means,
): Promise<Result> {
  const { parts, prefix, output, onProgress = () => undefined } = request;
  onProgress('looking at what is there');
  for (const shelf of shelves) await shelf.requireWritable();
  const elsewhere = (await Promise.all(shelves.map((shelf) => shelf.files()))).flat().map(({ name }) => name);
  const earlier = await openEarlier(request);
  try {
    if (store !== undefined && parts === 'all') await requireReachable(store, prefix);
    prepareOutput(request);
    return await withOutputLock(output, async () => {
      const saved = await saveArchive(request, { store, earlier }, { elsewhere, signer });
      const addresses: string[] = [];
      for (const shelf of shelves) addresses.push(await uploadArchive(shelf, saved.file, request));
      if (request.home === undefined) return { ...saved, uploaded: addresses[0] };
      for (const file of filesOf(saved.file)) await rm(file);
      return { ...saved, file: addresses[0], uploaded: addresses[1] };
    });
  } finally {
    await earlier?.close();
  }
}

async function openEarlier({
  previous,
  identity,
  output,
  home = output,
  target: { environment },
}: BackupRequest): Promise<Archive | undefined> {
  if (previous === undefined) return undefined;
  return openChosen({ archive: previous, archives: home, identity, workspaceRoot: output, environment });
}

/** An archive, and what lies beside it. */
const filesOf = (archive: string): readonly string[] =>
  archive.endsWith('.age') ? [archive, manifestName(archive)] : [archive];

function prepareOutput(request: BackupRequest): void {
  try {
    makeFolder(request.output);
  } catch (error) {
    throw explainFailure(error, request);
  }
}

async function saveArchive(
  request: BackupRequest,
  sources: ObjectSources,
  { elsewhere, signer }: { readonly elsewhere: readonly string[]; readonly signer: Signer | undefined },
) {
  const { target, parts, output, verify: isProved, signal } = request;
  const run = await beginRun(request, sources.store, elsewhere);
  try {
    if (parts !== 'photos') await requireRoom(output, 2 * sizeOfLocal(target));
    const { metadata, photos } = await saveContent(request, sources, run, signer);
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
  const archive = await openArchive(partial);
  const { problems } = await verify({
    archive,
    level: 'hashes',
    wrangler: target.wrangler,
    migrations: { historyTable: target.database.migrationsTable, files: undefined },
    onProgress(_, fraction) {
      signal?.throwIfAborted();
      onProgress('reading the archive again', fraction);
    },
  }).finally(() => archive.close());
  if (problems.length > 0) throw notRestorable(problems);
}

async function uploadArchive(
  shelf: BucketShelf,
  archive: string,
  { signal, onProgress = () => undefined }: BackupRequest,
): Promise<string> {
  try {
    // What lies beside it comes first: an archive that is listed is known.
    for (const file of filesOf(archive).slice(1)) await shelf.put(file, { signal });
    return await shelf.put(archive, {
      signal,
      onProgress: (fraction) => onProgress(`uploading to ${shelf.place}`, fraction),
    });
  } catch (error) {
    throw uploadFailed(error, archive, signal);
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
