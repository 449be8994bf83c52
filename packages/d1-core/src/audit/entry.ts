import { createHash } from 'node:crypto';

/** `started` stands before the change; a run without another line after it was cut off. */
export type AuditOutcome = 'started' | 'done' | 'failed' | 'refused';

/** What one line says of a run. */
export interface AuditEvent {
  readonly outcome: AuditOutcome;
  /** The Time Travel bookmark before the change; null where none was taken. */
  readonly bookmark: string | null;
  /** The hash of the plan that was approved for it; null without one. */
  readonly plan: string | null;
  /** What was to be done, or what came of it. */
  readonly migrations: readonly { readonly name: string; readonly outcome: string }[];
  /** Why it was refused or failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** One line of an audit file. */
export interface AuditEntry extends AuditEvent {
  /** 1 for the first line, and one more for each. */
  readonly sequence: number;
  /** UTC, ISO 8601 with milliseconds, by the clock of the machine that wrote it. */
  readonly time: string;
  /** The id that the rows of the journal have too. */
  readonly run: string;
  /** The executor: `migrate`, `unlock`, … */
  readonly action: string;
  readonly environment: string;
  readonly database: { readonly binding: string; readonly name: string | null; readonly id: string | null };
  readonly actor: string | null;
  readonly host: string;
  readonly commit: string | null;
  readonly branch: string | null;
  /** The address of the CI run, or what else names it; null outside of CI. */
  readonly ciRun: string | null;
  readonly wranglerVersion: string;
  readonly pluginVersion: string;
  /** The hash of the line before; null in the first. */
  readonly previous: string | null;
}

/** An entry with the SHA-256 of its text, in hexadecimal. */
export interface SealedEntry extends AuditEntry {
  readonly hash: string;
}

/** The text of an entry as a line, without the line's end. The hash is over the same text without the hash. */
export const seal = (entry: object): string => JSON.stringify({ ...entry, hash: hashOf(entry) });

export const hashOf = (entry: object): string =>
  createHash('sha256').update(JSON.stringify(entry)).digest('hex');
