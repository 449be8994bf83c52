import type { Position } from 'd1-core/sql';

export type Severity = 'error' | 'warning' | 'info';

/**
 * `engine`: D1 rejects it, or ignores it. `data`: it runs, and data may be lost or altered. `policy`: D1 accepts it;
 * it is project policy.
 */
export type Kind = 'engine' | 'data' | 'policy';

/** UTF-16 offsets into the text of a file. Tokens, names, nodes and statements all are ranges. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Replaces a part of a file. With `start` and `end` equal it inserts, with an empty text it deletes. */
export interface Edit extends Range {
  readonly text: string;
}

export interface Fix {
  /** What the edits do, as a command: "Remove the statement". */
  readonly title: string;
  /** They do not overlap. */
  readonly edits: readonly Edit[];
  /** Whether `--fix` applies it: on every database it gives what was meant, or the original cannot run at all. */
  readonly safe: boolean;
}

/** Something a rule has found, with all that a report needs. */
export interface Finding {
  /** The id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly kind: Kind;
  /** Of the kind `engine`: whether D1 takes the statement and ignores it, or rejects it. */
  readonly isIgnored: boolean;
  /** What happens, with the names of the user's file, in one or two sentences. */
  readonly message: string;
  /** What to do: a sentence, or several lines with the SQL to write. */
  readonly help: string;
  /** As it was given to the engine: relative to the workspace, with `/`. */
  readonly file: string;
  readonly range: Range;
  readonly start: Position;
  readonly end: Position;
  /** A hash of the statement without comments and white space, or of the file's name where no statement is meant. */
  readonly fingerprint: string;
  readonly fix: Fix | undefined;
}
