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
