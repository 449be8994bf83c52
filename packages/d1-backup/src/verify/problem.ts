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

/** What a row has whose foreign key points to no row. */
export const A_PARENT = 'rows that foreign keys find';

/** Whether it is the database that is wrong, and not the copy of it. */
export const isOrphan = ({ expected }: Problem): boolean => expected === A_PARENT;
