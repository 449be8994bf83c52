import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHistoryStatement, recordStatement } from 'd1-core/records';
import type { MigrationFile } from 'd1-core/migrations';
import { temporaryFolder, testWrangler } from 'd1-core/testing';
import type { ArchiveMetadata } from '../format/metadata.ts';
import { verify, type Verification, type VerifyLevel } from '../verify/verify.ts';
import { openArchive } from '../zip/open-archive.ts';
import { testEntries, zip, type TestEntries } from './archive.ts';
import { DIFFICULT } from './difficult.ts';

/** When the migrations of the tests were applied. */
export const APPLIED_AT = '2025-09-01 10:00:00';

/** The statements that make a history with some migrations in it. */
export const historyOf = (...names: readonly string[]): readonly string[] => [
  createHistoryStatement('d1_migrations', { quoted: true }),
  ...names.map((name) => recordStatement('d1_migrations', name)),
  `UPDATE d1_migrations SET applied_at = '${APPLIED_AT}'`,
];

/** An archive with a bit of everything. */
export const wholeEntries = (): Promise<TestEntries> =>
  testEntries({
    statements: [
      ...historyOf('0001_a.sql'),
      'CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)',
      "INSERT INTO a (v) VALUES ('one'), ('two')",
      'CREATE INDEX i ON a (v)',
      'CREATE TABLE b (a REFERENCES a (id))',
      'INSERT INTO b VALUES (1)',
      ...(DIFFICULT['full-text search'] ?? []),
    ],
    photos: { 'originals/a.jpg': 'photo', 'thumbnails/a.jpg': 'small' },
    applied: [{ id: 1, name: '0001_a.sql', appliedAt: APPLIED_AT }],
  });

/** Verifies the archive in a file. */
export async function verifyFile(
  file: string,
  level: VerifyLevel,
  files?: readonly MigrationFile[],
): Promise<Verification> {
  const archive = await openArchive(file);
  const migrations = { historyTable: 'd1_migrations', files };
  return verify({ archive, level, wrangler: testWrangler(), migrations }).finally(() => archive.close());
}

/** Zips entries and verifies them. */
export async function verifyEntries(
  entries: Iterable<readonly [string, Buffer]>,
  { level = 'restore', files }: { level?: VerifyLevel; files?: readonly MigrationFile[] } = {},
): Promise<Verification> {
  const file = join(temporaryFolder(), 'backup-2025-09-04-143022.zip');
  writeFileSync(file, await zip(entries));
  return verifyFile(file, level, files);
}

/** The same archive with other metadata. */
export function withOther(entries: TestEntries, change: (metadata: ArchiveMetadata) => object): TestEntries {
  const metadata: ArchiveMetadata = JSON.parse(String(entries.get('metadata.json')));
  const text = JSON.stringify({ ...metadata, ...change(metadata) });
  return new Map([...entries, ['metadata.json', Buffer.from(text)]]);
}

/** The same archive with another content of an entry that the metadata agrees with: only a restore sees it. */
export function withContent(entries: TestEntries, path: string, content: string): TestEntries {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const record = { path, size: Buffer.byteLength(content), sha256 };
  return withOther(new Map([...entries, [path, Buffer.from(content)]]), (metadata) => ({
    entries: metadata.entries.map((entry) => (entry.path === path ? record : entry)),
  }));
}

/** What was found, and where. */
export const codesOf = ({ problems }: Verification): readonly string[] =>
  problems.map(({ code, where }) => `${code} ${where}`);
