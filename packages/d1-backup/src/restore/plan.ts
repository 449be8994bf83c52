import { basename } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { RestoreMark } from 'd1-core/records';
import { plural } from 'd1-core/report';
import type { Target } from 'd1-core/target';
import { rowWords } from '../database/index.ts';
import { ENTRIES } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { isRestored } from './database-restore.ts';
import type { ObjectPlan } from './objects.ts';
import { isEmpty, type TableRows, type TargetContents } from './target-contents.ts';

/** What a restore will do. */
export interface RestorePlan {
  readonly target: Target;
  readonly archive: Archive;
  /** Undefined when the database stays as it is. */
  readonly database: DatabasePlan | undefined;
  /** Undefined when the bucket stays as it is. */
  readonly photos: ObjectPlan | undefined;
  /** The CREATE statements of an archive that is not of this database; undefined for one that is. */
  readonly foreignSchema: readonly string[] | undefined;
  /** What will be missing afterwards. */
  readonly warnings: readonly string[];
}

export interface DatabasePlan {
  /** Tables with their rows that will be lost. */
  readonly lost: readonly TableRows[];
  /** The restore that broke off, and that this one goes on with. */
  readonly resumes: RestoreMark | undefined;
  /** Whether an earlier run has restored it already. */
  readonly isDone: boolean;
}

export interface Permission {
  readonly overwrite: boolean;
  readonly resume: boolean;
}

/** Which parts of an archive are restored. Throws D1Error `not-in-archive` for one that it does not have. */
export function partsOf(
  { file, entries, metadata }: Archive,
  wanted: 'all' | 'database' | 'photos',
): { readonly database: boolean; readonly photos: boolean } {
  const has = {
    database: entries.has(ENTRIES.database),
    photos:
      metadata === undefined
        ? [...entries.keys()].some((path) => path.startsWith('photos/'))
        : (metadata.photos?.objects.length ?? 0) > 0,
  };
  if (wanted === 'all') return has;
  if (!has[wanted]) {
    throw new D1Error({
      code: 'not-in-archive',
      message: `${basename(file)} has no ${wanted === 'photos' ? 'objects' : wanted}.`,
      fix: 'Choose another archive; "backup-list" shows what each has.',
      exitCode: 2,
    });
  }
  return { database: wanted === 'database', photos: wanted === 'photos' };
}

/**
 * What happens to the database. Throws D1Error `target-not-empty`, and `restore-unfinished` where another restore broke
 * off.
 */
export function planDatabase(
  contents: TargetContents,
  archiveId: string,
  { overwrite, resume }: Permission,
): DatabasePlan {
  const mark = contents.state.restoring;
  const isOurs = mark?.archive === archiveId;
  if (mark !== undefined && !(resume && isOurs) && !overwrite) throw unfinished(mark, isOurs);
  if (resume && isRestored(contents, archiveId)) return { lost: [], resumes: undefined, isDone: true };
  const resumes = resume && isOurs ? mark : undefined;
  if (resumes === undefined && !isEmpty(contents) && !overwrite) throw notEmpty(contents.tables);
  return { lost: resumes === undefined ? contents.tables : [], resumes, isDone: false };
}

/** Throws D1Error `target-not-empty` where objects would be replaced and nobody said that they may be. */
export function requireReplaceable(photos: ObjectPlan, { overwrite }: Pick<Permission, 'overwrite'>): void {
  const { bucket, replaced } = photos;
  if (replaced.size === 0 || overwrite) return;
  throw new D1Error({
    code: 'target-not-empty',
    message: `The bucket "${bucket}" has ${plural(replaced.size, 'object')} with another content than the archive, and nothing was changed.`,
    fix: 'Replace them with --overwrite, or leave the bucket as it is with --databaseOnly.',
    notes: [
      ...[...replaced.keys()].slice(0, SHOWN).map((key) => `  ${JSON.stringify(key)}`),
      ...(replaced.size > SHOWN ? [`  and ${replaced.size - SHOWN} more`] : []),
      'R2 keeps no earlier version of an object: what is replaced cannot come back.',
    ],
    exitCode: 2,
  });
}

/** Tables or keys that an error names. */
const SHOWN = 10;

function notEmpty(tables: readonly TableRows[]): D1Error {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return new D1Error({
    code: 'target-not-empty',
    message: `The database is not empty, and nothing was changed: ${plural(tables.length, 'table')} with ${plural(rows, 'row')}.`,
    fix: 'Check with --dryRun what would be lost, then run again with --overwrite. What is there now can be restored.',
    notes: [
      ...tables.slice(0, SHOWN).map((table) => `  ${table.name}: ${plural(table.rows, 'row')}`),
      ...(tables.length > SHOWN ? [`  and ${tables.length - SHOWN} more`] : []),
    ],
    exitCode: 2,
  });
}

const unfinished = ({ done, bookmark }: RestoreMark, isOurs: boolean): D1Error =>
  new D1Error({
    code: 'restore-unfinished',
    message: `A restore of ${isOurs ? 'this' : 'another'} archive broke off after ${plural(done, 'statement')}, and the database has a part of it.`,
    fix: isOurs
      ? 'Go on with --resume, or begin again with --overwrite.'
      : 'Go on with that archive and --resume, or begin with this one and --overwrite.',
    notes: [`The bookmark from before it: ${bookmark}`, 'Nothing was changed.'],
    exitCode: 2,
  });

/** What a backup could not read, and the archive therefore lacks. */
export function gapsOf({ metadata }: Pick<Archive, 'metadata'>, prefix: string): readonly string[] {
  const gaps = (metadata?.photos?.problems ?? []).filter(
    ({ key, kind }) => kind === 'unreadable' && key.startsWith(prefix),
  );
  if (gaps.length === 0) return [];
  const named = gaps.slice(0, SHOWN).map(({ key }) => JSON.stringify(key));
  const more = gaps.length > SHOWN ? ` and ${gaps.length - SHOWN} more` : '';
  return [
    `The archive lacks ${plural(gaps.length, 'object')} that the backup could not read: ${named.join(', ')}${more}`,
  ];
}

/** Rows that come back as they were, and should not be so. */
export function orphansOf({ metadata }: Pick<Archive, 'metadata'>): readonly string[] {
  const rows = metadata?.database?.rowsWithoutParent ?? [];
  const [first] = rows;
  return first === undefined
    ? []
    : [
        `Foreign keys of ${plural(rows.length, 'row')} point to no row, as they did in the database: ${rowWords(first)}`,
      ];
}
