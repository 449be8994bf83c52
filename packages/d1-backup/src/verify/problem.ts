export type ProblemCode =
  | 'missing-entry'
  | 'extra-entry'
  | 'colliding-entries'
  | 'wrong-size'
  | 'wrong-record'
  | 'wrong-hash'
  | 'damaged-entry'
  | 'not-restorable'
  | 'wrong-schema'
  | 'wrong-table'
  | 'unsound-database'
  | 'unusable-search'
  | 'wrong-history';

/** Something about an archive that is not as it should be. */
export interface Problem {
  readonly code: ProblemCode;
  /** The entry, and the table where it is about one. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** The entry with the database, or a table in it, as a problem names it. */
export const tablePlace = (entry: string, table: string): string => `${entry}, table "${table}"`;
