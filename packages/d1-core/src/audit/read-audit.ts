import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isObject } from '../errors/index.ts';
import type { JournalEntry } from '../records/index.ts';

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

/** One line of the file, from 1. */
export interface AuditLine {
  readonly line: number;
  readonly text: string;
  /** Undefined where the line is not a JSON object. */
  readonly entry: SealedEntry | undefined;
  /** Whether the text is, byte for byte, what was written with this hash. */
  readonly intact: boolean;
}

/** Reads an audit file; none is an empty one. Judges nothing but whether each line is as it was written. */
export async function readAudit(file: string): Promise<readonly AuditLine[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  return text
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line }))
    .filter((line) => line.text !== '')
    .map(({ line, text: content }) => ({ line, text: content, ...parse(content) }));
}

const isMissing = (error: unknown): boolean => isObject(error) && error['code'] === 'ENOENT';

function parse(text: string): Pick<AuditLine, 'entry' | 'intact'> {
  const value = parseObject(text);
  if (value === undefined) return { entry: undefined, intact: false };
  const { hash, ...rest } = value;
  // The hash is the last property, so the text must be the one that it was put at the end of.
  const intact = hash === hashOf(rest) && text === JSON.stringify({ ...rest, hash });
  return { entry: entryOf(value), intact };
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Cut off while it was written, or edited by hand: `verify` reports it.
  }
}

function entryOf(value: Fields): SealedEntry {
  const { database, error } = value;
  return {
    sequence: Number(value['sequence']),
    time: text(value['time']),
    run: text(value['run']),
    action: text(value['action']),
    outcome: outcomeOf(value['outcome']),
    environment: text(value['environment']),
    database: isObject(database)
      ? { binding: text(database['binding']), name: optional(database['name']), id: optional(database['id']) }
      : { binding: '', name: null, id: null },
    migrations: listOf(value['migrations']),
    bookmark: optional(value['bookmark']),
    plan: optional(value['plan']),
    error: isObject(error) ? { code: text(error['code']), message: text(error['message']) } : null,
    actor: optional(value['actor']),
    host: text(value['host']),
    commit: optional(value['commit']),
    branch: optional(value['branch']),
    ciRun: optional(value['ciRun']),
    wranglerVersion: text(value['wranglerVersion']),
    pluginVersion: text(value['pluginVersion']),
    previous: optional(value['previous']),
    hash: text(value['hash']),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const optional = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const OUTCOMES: readonly AuditOutcome[] = ['started', 'done', 'failed', 'refused'];
const outcomeOf = (value: unknown): AuditOutcome =>
  OUTCOMES.find((outcome) => outcome === value) ?? 'started';

const listOf = (value: unknown): SealedEntry['migrations'] =>
  (Array.isArray(value) ? value : [])
    .filter(isObject)
    .map((item) => ({ name: text(item['name']), outcome: text(item['outcome']) }));

export interface AuditFinding {
  readonly code: 'changed' | 'missing' | 'inserted' | 'unreadable' | 'not-in-file';
  /** From 1; for `missing` the line before which it was. Undefined for what is not in the file. */
  readonly line: number | undefined;
  readonly message: string;
}

/**
 * Finds what was done to an audit file: a line changed, taken out, put in, doubled or cut off. The chain cannot tell
 * that lines are gone from its end; `missingRuns` can.
 */
export function verifyChain(lines: readonly AuditLine[]): readonly AuditFinding[] {
  return lines.flatMap((line, index) => {
    const findings = [...ownFindings(line), ...placeFindings(line, lines[index - 1])];
    return findings.slice(0, 1);
  });
}

function ownFindings({ line, entry, intact }: AuditLine): readonly AuditFinding[] {
  if (entry === undefined) {
    return [
      { code: 'unreadable', line, message: 'This is not an audit line: it was cut off or overwritten.' },
    ];
  }
  if (intact) return [];
  return [{ code: 'changed', line, message: 'The line was changed after it was written.' }];
}

/** Whether a line follows the one before it. What follows a changed or unreadable line proves nothing against itself. */
function placeFindings(line: AuditLine, before: AuditLine | undefined): readonly AuditFinding[] {
  const { entry } = line;
  if (entry === undefined || (before !== undefined && !before.intact)) return [];
  const expected = (before?.entry?.sequence ?? 0) + 1;
  const follows = entry.previous === (before?.entry?.hash ?? null);
  if (follows && entry.sequence === expected) return [];
  if (entry.sequence > expected) {
    const gone = entry.sequence - expected;
    const what = gone === 1 ? `Line ${expected} is` : `Lines ${expected} to ${entry.sequence - 1} are`;
    return [{ code: 'missing', line: line.line, message: `${what} missing before this one.` }];
  }
  return entry.sequence === expected
    ? [{ code: 'changed', line: line.line, message: 'This line or the one before it was replaced.' }]
    : [{ code: 'inserted', line: line.line, message: 'A line was put in or moved here.' }];
}

/** The runs that the journal of the database has since the file began, and the file does not have. */
export function missingRuns(
  lines: readonly AuditLine[],
  journal: readonly JournalEntry[],
): readonly AuditFinding[] {
  const known = new Set(lines.map(({ entry }) => entry?.run));
  const begin = journal.findIndex(({ run }) => known.has(run));
  if (begin === -1) return [];
  const runs = Map.groupBy(journal.slice(begin), ({ run }) => run);
  return [...runs]
    .filter(([run]) => !known.has(run))
    .map(([, [first]]) => ({
      code: 'not-in-file' as const,
      line: undefined,
      message: `The journal of the database has a run of ${first?.time ?? '?'} by ${first?.actor ?? 'somebody'} that is not in the file.`,
    }));
}
