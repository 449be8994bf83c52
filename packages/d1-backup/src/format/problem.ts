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
  | 'damaged-database'
  | 'row-without-parent'
  | 'unusable-search'
  | 'wrong-search'
  | 'wrong-history';

/** Something about an archive, or about a database that came out of one, that is not as it should be. */
export interface Problem {
  readonly code: ProblemCode;
  /** The entry, and the table where it is about one. */
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** Problems as lines of an error; more than ten are only counted. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  const more = problems.length - SHOWN;
  return [
    ...problems
      .slice(0, SHOWN)
      .map(({ where, expected, found }) => `${where}: expected ${expected}; found ${found}`),
    ...(more > 0 ? [`and ${more} more; "backup-verify" lists all`] : []),
  ];
}

const SHOWN = 10;
