/** What was measured of one migration on workerd. */
export interface Fact {
  /** Several statements are one file. */
  readonly sql: string | readonly string[];
  /** Whether the newest workerd refuses it. */
  readonly refused?: true;
  /** Where the oldest supported workerd differs. */
  readonly oldest?: 'accepted' | 'refused';
  /** Whether the verdict is another one with other rows: then the linter cannot know it. */
  readonly dependsOnRows?: true;
  /** The files before; `SET_UP` unless said otherwise. */
  readonly setUp?: readonly string[];
}

/** A parent with two rows, and a child with one. */
export const SET_UP = [
  'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
  'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id), v TEXT)',
  'CREATE INDEX ic ON c(v)',
  "INSERT INTO p VALUES (1, '{}'), (2, '[]')",
  "INSERT INTO c VALUES (1, 1, 'v1')",
] as const;

export const accepted = (...statements: readonly string[]): readonly Fact[] =>
  statements.map((sql) => ({ sql }));

export const refused = (...statements: readonly string[]): readonly Fact[] =>
  statements.map((sql) => ({ sql, refused: true }));
