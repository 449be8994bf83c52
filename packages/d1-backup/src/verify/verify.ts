import { plural } from 'd1-core/report';
import type { Wrangler } from 'd1-core/wrangler';
import { rowWords } from '../database/index.ts';
import { ENTRIES, type ArchiveMetadata, type Problem, type RowWithoutParent } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { restoreToShadow } from './check-database.ts';
import { checkHashes, checkStructure, isObjectEntry } from './check-entries.ts';
import { checkMigrations, type WorkspaceMigrations } from './check-migrations.ts';

/**
 * How far an archive is checked. `structure`: its entries against its metadata. `hashes`: their content too. `restore`:
 * the database is restored as well, and compared.
 */
export type VerifyLevel = 'structure' | 'hashes' | 'restore';

export interface VerifyRequest {
  readonly archive: Archive;
  readonly level: VerifyLevel;
  /** How much of the objects is read, from 0 to 1; all without it. Which ones, chance decides. */
  readonly sample?: number | undefined;
  /** From 0 up to but not including 1. */
  readonly random?: () => number;
  /** Whose engine the database is restored on. */
  readonly wrangler: Wrangler;
  readonly migrations: WorkspaceMigrations;
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly onProgress?: ((what: string, fraction?: number) => void) | undefined;
}

export interface Verification {
  /** An absolute path, or an address. */
  readonly file: string;
  readonly level: VerifyLevel;
  /** Undefined for an archive of another tool. */
  readonly metadata: ArchiveMetadata | undefined;
  /** What was read. Bytes are uncompressed; tables and rows are undefined when no database was restored. */
  readonly read: {
    readonly entries: number;
    readonly bytes: number;
    readonly tables?: number | undefined;
    readonly rows?: number | undefined;
  };
  readonly problems: readonly Problem[];
  /** What is not known of the archive, although the level asks for it. */
  readonly unchecked: readonly string[];
  /** What is good to know, and no fault of the archive. */
  readonly notes: readonly string[];
}

/**
 * Checks an archive, and changes nothing but a throw-away database. Damage of its content is a problem of the result.
 */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const { archive, level } = request;
  const checked = await check(archive, request);
  return {
    file: archive.file,
    level,
    metadata: archive.metadata,
    read: {
      entries: archive.entries.size,
      bytes: checked.bytes,
      tables: checked.tables,
      rows: checked.rows,
    },
    problems: [...checkStructure(archive), ...checked.problems],
    unchecked: [...uncheckable(archive, level), ...checked.unchecked],
    notes: [...notesOf(archive.metadata), ...checked.notes],
  };
}

interface Checked {
  readonly bytes: number;
  readonly tables?: number | undefined;
  readonly rows?: number | undefined;
  readonly problems: readonly Problem[];
  readonly unchecked: readonly string[];
  readonly notes: readonly string[];
}

async function check(archive: Archive, request: VerifyRequest): Promise<Checked> {
  const { level, onProgress = () => undefined } = request;
  if (level === 'structure') return { bytes: 0, problems: [], unchecked: [], notes: [] };
  const { paths, unchecked } = sampled(archive, request);
  const total = paths.reduce((sum, path) => sum + (archive.entries.get(path)?.size ?? 0), 0);
  let bytes = 0;
  const onRead = (path: string, read: number) => {
    bytes += read;
    onProgress(`reading ${path}`, total === 0 ? 1 : bytes / total);
  };
  const problems = await checkHashes(archive, onRead, paths);
  if (level === 'hashes' || !archive.entries.has(ENTRIES.database))
    return { bytes, problems, unchecked, notes: [] };
  onProgress('restoring the database into a throw-away one');
  const database = await checkDatabase(archive, request);
  return {
    ...database,
    bytes,
    problems: [...problems, ...database.problems],
    unchecked: [...unchecked, ...database.unchecked],
  };
}

/** The entries that are read: of the objects a part, where no more is asked for, but never none. */
function sampled(
  { entries }: Archive,
  { sample = 1, random = Math.random }: VerifyRequest,
): { readonly paths: readonly string[]; readonly unchecked: readonly string[] } {
  const all = [...entries.keys()];
  const objects = all.filter(isObjectEntry);
  const wanted = Math.ceil(sample * objects.length);
  if (wanted === objects.length) return { paths: all, unchecked: [] };
  const drawn = new Set(
    objects
      .map((path) => ({ path, order: random() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, wanted)
      .map(({ path }) => path),
  );
  return {
    paths: all.filter((path) => !isObjectEntry(path) || drawn.has(path)),
    unchecked: [
      `The content of ${objects.length - wanted} of ${plural(objects.length, 'object')}: a sample was asked for.`,
    ],
  };
}

async function checkDatabase(
  archive: Archive,
  { wrangler, migrations }: VerifyRequest,
): Promise<Omit<Checked, 'bytes'>> {
  const restored = await restoreToShadow(
    { open: () => archive.open(ENTRIES.database), record: archive.metadata?.database },
    wrangler,
  );
  if (!('d1' in restored)) return { problems: restored.problems, unchecked: [], notes: [] };
  const { d1, content, problems, rowsWithoutParent } = restored;
  const areKnown = archive.metadata?.database?.rowsWithoutParent !== undefined;
  try {
    const found = await checkMigrations(archive, d1, migrations);
    return {
      tables: content.tables.length,
      rows: content.tables.reduce((sum, { rows }) => sum + rows, 0),
      problems: [...problems, ...(areKnown ? [] : rowsWithoutParent.map(rowProblem)), ...found.problems],
      unchecked: found.unchecked,
      notes: found.notes,
    };
  } finally {
    await d1.close();
  }
}

const rowProblem = (row: RowWithoutParent): Problem => ({
  code: 'row-without-parent',
  where: `${ENTRIES.database}, table "${row.table}"`,
  expected: 'rows that foreign keys find',
  found: rowWords(row),
});

function uncheckable({ metadata, entries }: Archive, level: VerifyLevel): readonly string[] {
  if (metadata !== undefined) return [];
  const hasDatabase = level === 'restore' && entries.has(ENTRIES.database);
  return [
    'Whether entries are missing: it has no metadata of ours.',
    ...(level === 'structure'
      ? []
      : ['Whether the content is the one that was saved: there are only checksums.']),
    ...(hasDatabase ? ['Whether the rows are those of the database: they restore, and that is all.'] : []),
  ];
}

function notesOf(metadata: ArchiveMetadata | undefined): readonly string[] {
  if (metadata === undefined) return [];
  const { database, photos, warnings, proof } = metadata;
  return [
    ...(proof.result === 'skipped' ? ['The backup was made with --no-verify.'] : []),
    ...(database?.consistent === false
      ? ['The rows are not all of one moment: the database was written to while it was read.']
      : []),
    ...(photos?.problems ?? []).map(({ key, reason }) => `The object ${JSON.stringify(key)}: ${reason}`),
    ...warnings,
  ];
}
