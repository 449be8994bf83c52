import { maskSecrets } from './mask-secrets.ts';

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
