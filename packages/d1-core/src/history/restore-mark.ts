import type { Row } from '../database/index.ts';
import { D1Error } from '../errors/index.ts';
import { quoteText } from '../sql/index.ts';
import { createMetadata, METADATA_TABLE } from './tables.ts';

/** How far the restore of an archive into a remote database is. It stands in the database as long as it is not whole. */
export interface RestoreMark {
  /** What identifies the archive. */
  readonly archive: string;
  /** The id of the run that works on it, and that holds the lock. */
  readonly run: string;
  /** The Time Travel bookmark from before the first write. */
  readonly bookmark: string;
  /** Statements of the archive that are in the database. */
  readonly done: number;
}

const KEY = "key = 'restore'";

/** Notes that a restore begins, or that another run goes on with it. */
export function writeRestoreMarkStatements(mark: RestoreMark): readonly string[] {
  const value = quoteText(JSON.stringify(mark));
  return [
    createMetadata,
    `INSERT INTO ${METADATA_TABLE} (key, value) VALUES ('restore', ${value}) ON CONFLICT (key) DO UPDATE SET value = ${value}`,
  ];
}

/** Notes how many statements are done; to be run in one transaction with them. */
export const advanceRestoreStatement = (done: number): string =>
  `UPDATE ${METADATA_TABLE} SET value = json_set(value, '$.done', ${done}) WHERE ${KEY}`;

/** A condition: so many statements are done, and by this run. */
export const isRestoredTo = (done: number, run: string): string =>
  `EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${KEY} AND json_extract(value, '$.done') = ${done} AND json_extract(value, '$.run') = ${quoteText(run)})`;

export const endRestoreStatement = `DELETE FROM ${METADATA_TABLE} WHERE ${KEY}`;

export const readRestoreMarkStatement = `SELECT key, value FROM ${METADATA_TABLE} WHERE ${KEY}`;

/** The restore that is not whole, from the rows of the metadata table; undefined when there is none. */
export function restoreMarkOf(rows: readonly Row[]): RestoreMark | undefined {
  const text = rows.find(({ key }) => key === 'restore')?.['value'];
  if (typeof text !== 'string') return undefined;
  const value: unknown = JSON.parse(text);
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  return {
    archive: String(field('archive')),
    run: String(field('run')),
    bookmark: String(field('bookmark')),
    done: Number(field('done')),
  };
}

/** Refuses a database that has a part of an archive. */
export function requireWhole(mark: RestoreMark | undefined): void {
  if (mark === undefined) return;
  throw new D1Error({
    code: 'restore-unfinished',
    message: `A restore of an archive broke off after ${mark.done} statements, and the database has a part of it.`,
    fix: 'Go on with the target "restore", the same archive and --resume.',
    notes: [
      `The bookmark from before it: ${mark.bookmark}. "npx wrangler d1 time-travel restore <database> --bookmark=<bookmark>" goes back to it.`,
      'Nothing was changed.',
    ],
  });
}
