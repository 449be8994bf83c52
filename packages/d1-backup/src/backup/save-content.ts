import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { plural } from 'd1-core/report';
import type { ObjectStore } from '../bucket/index.ts';
import { rowWords, wrongSearch } from '../database/index.ts';
import {
  ENTRIES,
  FORMAT_VERSION,
  manifestLines,
  metadataText,
  type ArchiveMetadata,
  type EntryRecord,
  type RowWithoutParent,
} from '../format/index.ts';
import { writeArchive, type Archive, type ArchiveWriter, type Signer } from '../zip/index.ts';
import { startDatabaseProcess } from './database-process.ts';
import { notRestorable } from './prove-dump.ts';
import { migrationState } from './migration-state.ts';
import { requireRoom } from './output-folder.ts';
import { listBucket } from './plan.ts';
import { rateOf } from './rate.ts';
import type { DatabaseReading } from './read-database.ts';
import { readmeText } from './readme.ts';
import type { BackupRequest, SavedObjectsFacts } from './request.ts';
import type { Run } from './run.ts';
import { objectsOfArchive, saveObjects, type SavedObjects } from './save-objects.ts';

/** Where objects come from. */
export interface ObjectSources {
  /** Undefined when no objects are saved. */
  readonly store: ObjectStore | undefined;
  /** An earlier archive, whose objects are taken where they have not changed. */
  readonly earlier: Archive | undefined;
}

export interface SavedContent {
  readonly metadata: ArchiveMetadata;
  readonly photos: SavedObjectsFacts | undefined;
}

/**
 * Writes all of an archive into its unfinished file. The database is read, and proved, before the bucket is listed: a
 * row names an object that was uploaded before it. In the file the objects come first, so that a broken run can say where
 * they are.
 */
export async function saveContent(
  request: BackupRequest,
  { store, earlier }: ObjectSources,
  run: Run,
  signer: Signer | undefined,
): Promise<SavedContent> {
  const { parts, signal } = request;
  const database = parts === 'photos' ? undefined : await readAndProve(request, run);
  signal?.throwIfAborted();
  const writer = writeArchive(run.partial, run.startedAt);
  try {
    const photos =
      store && (await objectsInto(request, { store, earlier }, run, writer, database?.dump.size ?? 0));
    const content = await finishArchive(request, run, writer, { database, photos, signer });
    await writer.finish();
    return content;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function readAndProve(request: BackupRequest, run: Run): Promise<DatabaseReading> {
  const { target, mode, signal, onProgress = () => undefined } = request;
  const process = startDatabaseProcess(signal);
  try {
    const read = (byWords: readonly string[]) =>
      process.read({
        target,
        mode,
        workplace: run.workplace,
        onRows: (rows) => onProgress(`reading the database: ${rows} rows`),
        byWords,
      });
    const prove = ({ file, record }: DatabaseReading) => {
      onProgress('restoring the database into a throw-away one');
      return process.prove({ file, record, wrangler: target.wrangler });
    };
    const reading = await read([]);
    if (!request.verify) return reading;
    const proved = await prove(reading);
    if (proved.wrongSearches.length === 0) return withRows(reading, proved.rowsWithoutParent);
    // Their text was changed, and nobody told the index.
    const again = await read(proved.wrongSearches);
    const provedAgain = await prove(again);
    if (provedAgain.wrongSearches.length > 0) throw notRestorable(provedAgain.wrongSearches.map(wrongSearch));
    return withRows(again, provedAgain.rowsWithoutParent);
  } finally {
    process.end();
  }
}

/** D1 makes no such rows, but what worked on the file of a database may, and then they are to be saved, too. */
function withRows(reading: DatabaseReading, rows: readonly RowWithoutParent[]): DatabaseReading {
  const [first] = rows;
  if (first === undefined) return reading;
  const more = rows.length === 1 ? '' : `, and ${plural(rows.length - 1, 'other row')} like it`;
  return {
    ...reading,
    record: { ...reading.record, rowsWithoutParent: rows },
    warnings: [
      ...reading.warnings,
      `Foreign keys point to no row: ${rowWords(first)}${more}. The archive has these rows, and D1 takes them back into a local database only: correct them.`,
    ],
  };
}

async function objectsInto(
  request: BackupRequest,
  { store, earlier }: ObjectSources & { readonly store: ObjectStore },
  run: Run,
  writer: ArchiveWriter,
  more: number,
): Promise<SavedObjects> {
  const { prefix, concurrency, signal, output, onProgress = () => undefined } = request;
  const plan = await listBucket(store, prefix, (count) => onProgress(`listing the photos: ${count}`));
  await requireRoom(output, plan.bytes + more);
  const rate = rateOf(plan.objects.length, plan.bytes);
  return saveObjects({
    store,
    objects: plan.objects,
    prefix,
    concurrency,
    writer,
    partial: run.partialName,
    workplace: run.workplace,
    previous: [run.previous, earlier && objectsOfArchive(earlier)].filter((one) => one !== undefined),
    journal: run.journal,
    signal,
    onObject: (done) => onProgress(rate(done), plan.bytes === 0 ? undefined : done.bytes / plan.bytes),
  });
}

interface Saved {
  readonly database: DatabaseReading | undefined;
  readonly photos: SavedObjects | undefined;
  readonly signer: Signer | undefined;
}

async function finishArchive(
  request: BackupRequest,
  run: Run,
  writer: ArchiveWriter,
  { database, photos, signer }: Saved,
): Promise<SavedContent> {
  const { target } = request;
  const entries: EntryRecord[] = [...(photos?.entries ?? [])];
  const addText = async (path: string, text: string) => {
    const content = Buffer.from(text);
    await writer.add({ path, content, compress: true });
    entries.push({ path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  };
  if (database !== undefined) {
    const { file, dump } = database;
    const content = () => createReadStream(file);
    await writer.add({ path: ENTRIES.database, content, compress: true });
    entries.push({ path: ENTRIES.database, size: dump.size, sha256: dump.sha256 });
    await addText(ENTRIES.migrations, toJson(await migrationState(target, dump.state)));
  }
  const { startedAt, name } = run;
  const warnings = warningsOf(request, run, database, photos?.record);
  await addText(
    ENTRIES.readme,
    readmeText({ name, target, startedAt, database: database?.record, photos: photos?.record, warnings }),
  );
  const manifest = createHash('sha256');
  const lines = Readable.from(manifestLines(entries, photos?.record.objects ?? []), { objectMode: false });
  lines.on('data', (chunk: Buffer) => manifest.update(chunk)).pause();
  await writer.add({ path: ENTRIES.manifest, content: () => lines, compress: true });
  const metadata = metadataOf(request, run, {
    database,
    photos: photos?.record,
    entries,
    manifest: {
      entries: entries.length,
      objects: photos?.record.objects.length ?? 0,
      sha256: manifest.digest('hex'),
    },
  });
  const text = Buffer.from(metadataText(metadata));
  await writer.add({ path: ENTRIES.metadata, content: text, compress: true });
  if (signer !== undefined) {
    const { environment } = request.target;
    const comment = `backup of ${environment.name.replaceAll(/\s/g, ' ')}, begun at ${metadata.startedAt}`;
    const signature = Buffer.from(signer.sign(text, comment));
    await writer.add({ path: ENTRIES.signature, content: signature, compress: true });
  }
  return { metadata, photos: photos && factsOf(photos) };
}

const toJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

interface Facts {
  readonly database?: DatabaseReading | undefined;
  readonly photos?: ArchiveMetadata['photos'];
  readonly entries?: readonly EntryRecord[] | undefined;
  readonly manifest?: ArchiveMetadata['manifest'];
}

function metadataOf(
  request: BackupRequest,
  { startedAt, notBefore }: Run,
  { database, photos, entries = [], manifest }: Facts,
): ArchiveMetadata {
  const { target, pluginVersion, verify, now = () => new Date() } = request;
  const { environment, wrangler } = target;
  const at = now().toISOString();
  return {
    formatVersion: FORMAT_VERSION,
    versions: { 'd1-backup': pluginVersion, wrangler: wrangler.version, node: process.versions.node },
    environment: { name: environment.name, location: environment.location },
    startedAt: startedAt.toISOString(),
    notBefore: notBefore?.toISOString(),
    finishedAt: at,
    database: database?.record,
    photos,
    entries,
    manifest,
    proof: verify ? { result: 'restored', at } : { result: 'skipped', at: null },
    warnings: warningsOf(request, { notBefore }, database, photos),
  };
}

const warningsOf = (
  { parts }: BackupRequest,
  { notBefore }: Pick<Run, 'notBefore'>,
  database: Facts['database'],
  photos: Facts['photos'],
): readonly string[] => [
  ...(notBefore === undefined
    ? []
    : [
        `The clock of this machine is behind that of an earlier archive, of ${notBefore.toISOString()}: set it.`,
      ]),
  ...(database?.warnings ?? []),
  ...(parts === 'all' && photos === undefined
    ? ['The environment has no R2 bucket: there are no photos.']
    : []),
];

const factsOf = ({ record, bytes, reused }: SavedObjects): SavedObjectsFacts => ({
  bucket: record.bucket,
  prefix: record.prefix,
  objects: record.objects.length,
  bytes,
  reused,
  problems: record.problems,
});
