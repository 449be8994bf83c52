import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Target } from 'd1-core/target';
import { testWorkspace, testWrangler, type TestWorkspace, type WorkspaceFiles } from 'd1-core/testing';
import { backup } from '../backup/backup.ts';
import type { BackupRequest, BackupResult } from '../backup/request.ts';
import { openLocalStore } from '../bucket/local-store.ts';
import type { ObjectStore } from '../bucket/store.ts';
import { openArchive } from '../zip/open-archive.ts';

/** The wrangler config of a Worker with a local database and a local bucket. */
export const localConfig = (bucket = 'photos'): string => `
name = "test"
compatibility_date = "2025-08-01"
[env.development]
[[env.development.d1_databases]]
binding = "DB"
database_name = "test-development"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
migrations_dir = "migrations"
[[env.development.r2_buckets]]
binding = "PHOTOS"
bucket_name = "${bucket}"
`;

/** A workspace with a local database and a local bucket. */
export const backupWorkspace = (files: WorkspaceFiles = {}): TestWorkspace =>
  testWorkspace({ wranglerToml: localConfig(), ...files });

export const outputOf = ({ root }: TestWorkspace): string => join(root, 'backups');

/** Makes an archive in the usual folder of a workspace. */
export const save = (
  workspace: TestWorkspace,
  target: Target,
  request: Partial<BackupRequest> = {},
): Promise<BackupResult> =>
  backup({
    target,
    pluginVersion: '0.0.0',
    parts: 'all',
    output: outputOf(workspace),
    mode: 'online',
    verify: true,
    prefix: '',
    concurrency: 4,
    resume: false,
    recipients: [],
    dryRun: false,
    ...request,
  });

/** Puts an object into a bucket. */
export async function putOne(store: ObjectStore, key: string, content: Buffer | string): Promise<void> {
  const bytes = Buffer.from(content);
  const read = (from: number) => Readable.from([bytes.subarray(from)], { objectMode: false });
  await store.put({ key, size: bytes.length, metadata: { contentType: 'image/jpeg', custom: {} }, read });
}

/** Puts objects into the local bucket of a workspace. */
export async function putLocalObjects(
  { root }: TestWorkspace,
  photos: Readonly<Record<string, Buffer | string>>,
): Promise<void> {
  const store = openLocalStore({
    wrangler: testWrangler(),
    bucket: 'photos',
    persistTo: join(root, '.wrangler', 'state'),
  });
  try {
    for (const [key, content] of Object.entries(photos)) await putOne(store, key, content);
  } finally {
    await store.close();
  }
}

/** The content of the photos of an archive, by key, as its SHA-256. */
export async function objectsIn(file: string): Promise<ReadonlyMap<string, string>> {
  const archive = await openArchive(file);
  try {
    const photos = new Map<string, string>();
    for (const { key, path } of archive.metadata?.photos?.objects ?? []) {
      photos.set(key, sha256(await buffer(await archive.open(path))));
    }
    return photos;
  } finally {
    await archive.close();
  }
}

export const sha256 = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex');
