/**
 * The exit statuses that mean something else than "done":
 * 1 failed or findings; 2 could not run (bad configuration or arguments); 3 done but incomplete or unverified;
 * 11 locked by another run.
 */
export type FailureExitCode = 1 | 2 | 3 | 11;

/** A place in a file. Line and column count from 1; columns are UTF-16 units. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface D1ErrorDetails<Code extends string = string> {
  /** A stable name for machines, for example `unknown-environment`. */
  readonly code: Code;
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do now, with the exact command or text to write. */
  readonly fix: string;
  readonly exitCode?: FailureExitCode | undefined;
  readonly location?: SourceLocation | undefined;
  /** Further lines: why it happened, what is in the database now, a code frame. */
  readonly notes?: readonly string[] | undefined;
  /** Seconds after which Cloudflare would take the same request again. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** An error meant for the reader: its texts hold no secret. Everything else that is thrown is a defect of ours. */
export class D1Error<Code extends string = string> extends Error {
  override readonly name = 'D1Error';
  readonly code: Code;
  readonly fix: string;
  readonly exitCode: FailureExitCode;
  readonly location: SourceLocation | undefined;
  readonly notes: readonly string[];
  readonly retryAfter: number | undefined;

  constructor({
    code,
    message,
    fix,
    exitCode = 1,
    location,
    notes = [],
    retryAfter,
    cause,
  }: D1ErrorDetails<Code>) {
    super(maskSecrets(message), { cause });
    this.code = code;
    this.fix = maskSecrets(fix);
    this.exitCode = exitCode;
    this.location = location;
    this.notes = notes.map((note) => maskSecrets(note));
    this.retryAfter = retryAfter;
  }
}

export function isD1Error(error: unknown): error is D1Error {
  return error instanceof D1Error;
}

/** Variables whose values must never be shown. */
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|API_KEY|ACCESS_KEY/i;

/** Shorter values are no secrets, and would mask half of a text. */
const SHORTEST_SECRET = 8;

/** `DB_PASSWORD=password` on a developer's machine: a word, a name or a number, which stands in many texts. */
const isOrdinary = (value: string): boolean =>
  value.length < SHORTEST_SECRET || (value.length < 20 && /^([\p{L}_.-]+|\d+)$/u.test(value));

/**
 * Replaces every secret of the environment, and every bearer token, in a text that people will see. Only for messages:
 * in what is data (rows, SQL, output that is parsed) a masked word is a wrong one.
 */
export function maskSecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && !isOrdinary(value) ? [value] : [],
  );
  // The longest first: one secret may be the beginning of another.
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), text)
    .replace(/\b(bearer\s+)([\w.~+/-]+=*)/gi, (all, bearer: string, token: string) =>
      isOrdinary(token) ? all : `${bearer}[secret]`,
    );
}

/** Whether a value that came from outside has fields. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The message of what was thrown. Not by `instanceof`: in a test runner SQLite's errors come from another realm. */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** The candidate that is most likely meant by a mistyped `word`, or undefined when none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Levenshtein distance in UTF-16 units, with one row of memory. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substitution = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min((previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
