import { D1Error, explainFileError, isD1Error } from 'd1-core/errors';
import type { ArchiveRestoreDetail, NewJournalEntry } from 'd1-core/records';
import type { Identify, RunIdentity } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import type { RowWithoutParent, TableDigest } from '../format/index.ts';
import type { RestoreStatements } from './statements.ts';
import type { TargetContents } from './target-contents.ts';

export interface RestoredArchive {
  readonly name: string;
  readonly id: string;
  /** The database that it is of; undefined where nothing says so. */
  readonly databaseId: string | undefined;
  /** Rows that D1 does not take. */
  readonly rowsWithoutParent: readonly RowWithoutParent[];
}

/** A database to be restored, and with what. */
export interface DatabaseRestore {
  readonly target: Target;
  readonly contents: TargetContents;
  readonly statements: RestoreStatements;
  /** The name of the archive's file, and what tells it from all others. */
  readonly archive: RestoredArchive;
  readonly identify: Identify;
  /** Is told what undoes the restore, before the first write. */
  readonly onUndo: (undo: WayBack) => void;
  /** Called before the first write, with the bookmark from before it. Throws when it must not be done. */
  readonly onBegin: (bookmark: string | null) => Promise<void>;
  /** Is told how many statements are in the database. */
  readonly onStatements: (done: number) => void;
}

/** What takes a database back to before the restore. */
export type WayBack =
  | { readonly kind: 'snapshot'; readonly id: string }
  | { readonly kind: 'bookmark'; readonly bookmark: string };

export interface RestoredDatabase {
  readonly tables: readonly TableDigest[];
  /** The last row of the history; undefined without one. */
  readonly lastMigration: string | undefined;
  /** Undefined where there was no database before. */
  readonly undo: WayBack | undefined;
}

/** The row of the journal that says that the database is that of an archive. */
export const restoreEntry = (
  { target, archive }: DatabaseRestore,
  identity: RunIdentity,
  bookmark: string | null,
): NewJournalEntry => {
  const detail: ArchiveRestoreDetail = {
    strategy: 'archive',
    archive: archive.name,
    id: archive.id,
    undo: bookmark,
    foreign: archive.databaseId === undefined || archive.databaseId !== target.database.databaseId,
  };
  return {
    ...identity,
    action: 'restore',
    migration: null,
    outcome: 'applied',
    rawChecksum: null,
    tokenChecksum: null,
    bookmark,
    wranglerVersion: target.wrangler.version,
    durationMs: null,
    detail: JSON.stringify(detail),
  };
};

/** Whether the last thing that was done to a database is the restore of this archive. */
export function isRestored({ state }: TargetContents, archiveId: string): boolean {
  const last = state.journal.at(-1);
  return (
    state.restoring === undefined && last?.action === 'restore' && last.detail?.includes(archiveId) === true
  );
}

/** Says with an error what is in the target now. */
export function withNotes(error: unknown, notes: readonly string[], fix?: string): unknown {
  const said = explainFileError(error) ?? error;
  if (!isD1Error(said)) return said;
  const { code, message, exitCode, location, cause } = said;
  return new D1Error({
    code,
    message,
    fix: fix ?? said.fix,
    exitCode,
    location,
    cause,
    notes: [...said.notes, ...notes],
  });
}
