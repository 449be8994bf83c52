import { readFile } from 'node:fs/promises';
import { hashOf, type AuditOutcome, type SealedEntry } from './entry.ts';

/** One line of the file, from 1. */
export interface AuditLine {
  readonly line: number;
  readonly text: string;
  /** Undefined where the line is no JSON object. */
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

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
