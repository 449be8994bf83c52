import type { Wrangler } from 'd1-core/wrangler';
import { rowWords } from '../database/index.ts';
import { ENTRIES, type ArchiveMetadata, type Problem, type RowWithoutParent } from '../format/index.ts';
import { openArchive, type Archive } from '../zip/index.ts';
import { restoreToShadow } from './check-database.ts';
import { checkHashes, checkStructure } from './check-entries.ts';
import { checkMigrations, type WorkspaceMigrations } from './check-migrations.ts';

/**
 * How far an archive is checked. `structure`: its entries against its metadata. `hashes`: their content too. `restore`:
 * the database is restored as well, and compared.
 */
export type VerifyLevel = 'structure' | 'hashes' | 'restore';

export interface VerifyRequest {
  readonly file: string;
  readonly level: VerifyLevel;
  /** A file with age identities, for an encrypted archive. */
  readonly identity?: string | undefined;
  /** Whose engine the database is restored on. */
  readonly wrangler: Wrangler;
  readonly migrations: WorkspaceMigrations;
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly onProgress?: ((what: string, fraction?: number) => void) | undefined;
}

export interface Verification {
  /** Absolute. */
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
 * Checks an archive, and changes nothing but a throw-away database. Damage of its content is a problem of the result;
 * an archive that must not or cannot be used at all throws what `openArchive` throws.
 */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const { file, level, identity } = request;
  const archive = await openArchive(file, { identity });
  try {
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
  } finally {
    await archive.close();
  }
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
  const total = [...archive.entries.values()].reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  const problems = await checkHashes(archive, (path, read) => {
    bytes += read;
    onProgress(`reading ${path}`, total === 0 ? 1 : bytes / total);
  });
  if (level === 'hashes' || !archive.entries.has(ENTRIES.database))
    return { bytes, problems, unchecked: [], notes: [] };
  onProgress('restoring the database into a throw-away one');
  const database = await checkDatabase(archive, request);
  return { ...database, bytes, problems: [...problems, ...database.problems] };
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
