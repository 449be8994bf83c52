import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import { openShadowD1, type D1 } from 'd1-core/database';
import { testWrangler } from 'd1-core/testing';
import { createNamer } from '../bucket/stored-name.ts';
import { readCatalog } from '../database/catalog.ts';
import { schemaDigest } from '../database/read-content.ts';
import { planSearches } from '../database/search-index.ts';
import { contentStatements } from '../database/write-sql.ts';
import type { ObjectRecord, TableDigest } from '../format/index.ts';
import { archiveName, ENTRIES } from '../format/layout.ts';
import type { ArchiveMetadata } from '../format/metadata.ts';
import { STATE_VERSION, type MigrationState } from '../format/migration-state.ts';

export interface TestContent {
  /** What makes the database. */
  readonly statements?: readonly string[];
  /** Content by key. */
  readonly photos?: Readonly<Record<string, string>>;
  readonly environment?: ArchiveMetadata['environment'];
  /** When it was begun; the name of the archive follows from it. */
  readonly startedAt?: Date;
  readonly proof?: ArchiveMetadata['proof'];
  readonly applied?: MigrationState['applied'];
  readonly files?: MigrationState['files'];
}

/** The entries of an archive in their order, `metadata.json` last. */
export type TestEntries = ReadonlyMap<string, Buffer>;

export const STARTED_AT = new Date('2025-09-04T14:30:22Z');

/** Makes the entries of an archive as a backup would have made them. */
export async function testEntries(content: TestContent = {}): Promise<TestEntries> {
  const { statements = [], photos = {}, applied = [], files = [] } = content;
  const { sql, tables, schemaSha256 } = await dump(statements);
  const state: MigrationState = {
    stateVersion: STATE_VERSION,
    historyTable: 'd1_migrations',
    applied,
    files,
  };
  const namer = createNamer();
  const stored = Object.entries(photos).map(([key, text]) => ({
    key,
    path: namer(key),
    bytes: Buffer.from(text),
  }));
  const entries = new Map<string, Buffer>([
    [ENTRIES.database, Buffer.from(sql)],
    [ENTRIES.migrations, Buffer.from(JSON.stringify(state))],
    ...stored.map(({ path, bytes }) => [path, bytes] as const),
    [ENTRIES.readme, Buffer.from('# How to restore\n')],
  ]);
  return withMetadata(entries, {
    ...testMetadata(content),
    database: {
      binding: 'DB',
      name: 'test-development',
      id: '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0',
      mode: 'online',
      bookmark: null,
      consistent: true,
      schemaSha256,
      tables,
    },
    photos: { bucket: 'photos', prefix: '', objects: stored.map(photoRecord), problems: [] },
  });
}

/** The metadata of an archive without entries. */
export function testMetadata({
  environment = { name: 'development', location: 'local' },
  startedAt = STARTED_AT,
  proof = { result: 'restored', at: startedAt.toISOString() },
}: TestContent = {}): ArchiveMetadata {
  return {
    formatVersion: 1,
    versions: { 'd1-backup': '0.0.1', wrangler: '4.156.0', node: '24.0.0' },
    environment,
    startedAt: startedAt.toISOString(),
    finishedAt: startedAt.toISOString(),
    entries: [],
    proof,
    warnings: [],
  };
}

/** Adds a `metadata.json` that lists the entries. */
export function withMetadata(entries: TestEntries, metadata: ArchiveMetadata): TestEntries {
  const list = [...entries].map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) }));
  const text = JSON.stringify({ ...metadata, entries: list });
  return new Map([...entries, [ENTRIES.metadata, Buffer.from(text)]]);
}

/** Zips entries with archiver, as a backup does. */
export async function zip(entries: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  return buffer(startZip(entries));
}

/** Writes an archive to a folder under the name that its time gives it, and returns the path. */
export async function writeTestArchive(folder: string, content: TestContent = {}): Promise<string> {
  const file = join(folder, archiveName(content.startedAt ?? STARTED_AT));
  await pipeline(startZip(await testEntries(content)), createWriteStream(file));
  return file;
}

function startZip(entries: Iterable<readonly [string, Buffer]>): ZipArchive {
  const archive = new ZipArchive();
  for (const [name, bytes] of entries) archive.append(bytes, { name, date: STARTED_AT });
  void archive.finalize();
  return archive;
}

async function dump(statements: readonly string[]) {
  const d1: D1 = openShadowD1(testWrangler());
  try {
    await d1.batch(statements);
    const tables: TableDigest[] = [];
    let sql = '';
    const catalog = await readCatalog(d1);
    const searches = await planSearches(d1, catalog);
    const content = contentStatements(d1, catalog, { onTable: (table) => tables.push(table), searches });
    for await (const statement of content) sql += `${statement};\n`;
    searches.close();
    return { sql, tables, schemaSha256: schemaDigest(catalog.objects) };
  } finally {
    await d1.close();
  }
}

const photoRecord = ({ key, path, bytes }: { key: string; path: string; bytes: Buffer }): ObjectRecord => ({
  key,
  path,
  etag: createHash('md5').update(bytes).digest('hex'),
  size: bytes.length,
  sha256: sha256(bytes),
  metadata: { contentType: 'image/jpeg', custom: {} },
  check: 'md5',
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
