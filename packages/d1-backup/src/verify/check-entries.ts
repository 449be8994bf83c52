import { isD1Error } from 'd1-core/errors';
import {
  ENTRIES,
  type ArchiveMetadata,
  type EntryRecord,
  type ObjectRecord,
  type Problem,
} from '../format/index.ts';
import type { Archive } from '../zip/index.ts';

/** Compares what is in the zip with what the metadata says, and the metadata with itself. Reads no content. */
export function checkStructure({ entries, metadata }: Archive): readonly Problem[] {
  const paths = [...entries.keys()];
  return [
    ...checkPlaces(paths),
    // A bucket may be empty.
    ...(metadata?.photos === undefined ? checkContent(paths) : []),
    ...(metadata === undefined ? [] : checkMetadata(entries, metadata)),
  ];
}

/** What says of the others what they are. */
const UNLISTED: ReadonlySet<string> = new Set([ENTRIES.metadata, ENTRIES.manifest, ENTRIES.signature]);

/** Objects are what lies below this folder. */
const PHOTOS = /^photos\/./;

function checkContent(paths: readonly string[]): readonly Problem[] {
  if (paths.includes(ENTRIES.database) || paths.some((path) => PHOTOS.test(path))) return [];
  const expected = `the entry ${ENTRIES.database}, or entries below photos/`;
  return [{ code: 'missing-entry', where: ENTRIES.database, expected, found: 'neither' }];
}

/** Two entries may fall together where upper and lower case are the same, and a file may stand where a folder must be. */
function checkPlaces(paths: readonly string[]): readonly Problem[] {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const collision = (where: string, other: string): Problem => ({
    code: 'colliding-entries',
    where,
    expected: 'a place of its own on every file system',
    found: `the place of ${other}`,
  });
  for (const path of paths) {
    const other = files.get(fold(path));
    if (other !== undefined) problems.push(collision(path, other));
    files.set(fold(path), path);
  }
  for (const path of paths) {
    const segments = fold(path).split('/');
    for (let length = 1; length < segments.length; length++) {
      const file = files.get(segments.slice(0, length).join('/'));
      if (file !== undefined) problems.push(collision(path, file));
    }
  }
  return problems;
}

const fold = (path: string): string => path.normalize('NFKC').toUpperCase().toLowerCase();

function checkMetadata(entries: Archive['entries'], metadata: ArchiveMetadata): readonly Problem[] {
  const listed = new Map<string, EntryRecord>();
  const problems: Problem[] = [];
  for (const record of metadata.entries) {
    if (listed.has(record.path)) problems.push(wrongRecord(record.path, 'listed once', 'listed twice'));
    listed.set(record.path, record);
    const entry = entries.get(record.path);
    if (entry === undefined) {
      problems.push({
        code: 'missing-entry',
        where: record.path,
        expected: `${record.size} bytes`,
        found: 'no entry',
      });
    } else if (entry.size !== record.size) {
      problems.push({
        code: 'wrong-size',
        where: record.path,
        expected: `${record.size} bytes`,
        found: `${entry.size} bytes`,
      });
    }
  }
  for (const { path, size } of entries.values()) {
    if (UNLISTED.has(path) || listed.has(path)) continue;
    problems.push({
      code: 'extra-entry',
      where: path,
      expected: 'nothing: the metadata does not list it',
      found: `${size} bytes`,
    });
  }
  return [...problems, ...checkDatabase(listed, metadata), ...checkObjects(listed, metadata)];
}

function checkDatabase(
  listed: ReadonlyMap<string, EntryRecord>,
  { database }: ArchiveMetadata,
): readonly Problem[] {
  const has = listed.has(ENTRIES.database);
  if (has === (database !== undefined)) return [];
  return has
    ? [wrongRecord(ENTRIES.database, 'a record of the database', 'none')]
    : [wrongRecord(ENTRIES.database, 'in the list of entries', 'not there, but there is a record of it')];
}

function checkObjects(
  listed: ReadonlyMap<string, EntryRecord>,
  { photos }: ArchiveMetadata,
): readonly Problem[] {
  const objects = photos?.objects ?? [];
  const paths = new Set<string>();
  const keys = new Set<string>();
  const problems = objects.flatMap((object) => {
    const doubled = paths.has(object.path) || keys.has(object.key);
    paths.add(object.path);
    keys.add(object.key);
    if (doubled) return [wrongRecord(object.path, 'one record of an object', 'two with its key or path')];
    return checkObject(object, listed.get(object.path));
  });
  const lost = [...listed.keys()].filter((path) => PHOTOS.test(path) && !paths.has(path));
  return [
    ...problems,
    ...lost.map((path) => wrongRecord(path, 'a record with the key of the object', 'none')),
  ];
}

function checkObject(
  { path, key, size, sha256 }: ObjectRecord,
  entry: EntryRecord | undefined,
): readonly Problem[] {
  if (entry === undefined)
    return [
      wrongRecord(path, `an entry for the object ${JSON.stringify(key)}`, 'not in the list of entries'),
    ];
  if (entry.size === size && entry.sha256 === sha256) return [];
  return [wrongRecord(path, describe(entry), `${describe({ size, sha256 })} in the record of the object`)];
}

const describe = ({ size, sha256 }: Pick<EntryRecord, 'size' | 'sha256'>): string =>
  `${size} bytes, SHA-256 ${sha256.slice(0, 12)}…`;

const wrongRecord = (where: string, expected: string, found: string): Problem => ({
  code: 'wrong-record',
  where,
  expected,
  found,
});

/** Whether an entry is an object of the bucket. */
export const isObjectEntry = (path: string): boolean => PHOTOS.test(path);

/** Reads entries to their ends, and compares their contents with their SHA-256 where the metadata has one. */
export async function checkHashes(
  archive: Archive,
  onRead: (path: string, bytes: number) => void,
  paths: Iterable<string> = archive.entries.keys(),
): Promise<readonly Problem[]> {
  const recorded = new Map(archive.metadata?.entries.map(({ path, sha256 }) => [path, sha256]));
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const found = await archive.digest(path, (bytes) => onRead(path, bytes));
      const expected = recorded.get(path);
      if (expected !== undefined && expected !== found)
        problems.push({
          code: 'wrong-hash',
          where: path,
          expected: `SHA-256 ${expected}`,
          found: `SHA-256 ${found}`,
        });
    } catch (error) {
      problems.push(damagedEntry(path, error));
    }
  }
  return problems;
}

/** What an entry that cannot be read to its end is as a problem. Throws what is no damage. */
export function damagedEntry(path: string, error: unknown): Problem {
  if (!isD1Error(error) || error.code !== 'damaged-archive') throw error;
  return { code: 'damaged-entry', where: path, expected: 'content that can be read', found: error.message };
}
