import { existsSync, readFileSync } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import type { Finding } from '../engine/index.ts';

/** 2: the paths are relative to the baseline itself, and no longer to the folder that the command was started in. */
const VERSION = 2;

/** A finding that is known and passed over. The statement counts, not its line: the file may grow above it. */
export interface BaselineEntry {
  /** In the file relative to its own folder, with `/`. */
  readonly file: string;
  readonly rule: string;
  /** The fingerprint of the finding's statement. */
  readonly statement: string;
  readonly count: number;
}

export interface Baseline {
  readonly version: number;
  readonly findings: readonly BaselineEntry[];
}

/** Beside the config file, or in the root of the workspace. */
export const DEFAULT_BASELINE = '.d1-lint-baseline.json';

export interface Baselined {
  readonly findings: readonly Finding[];
  /** How many findings were passed over. */
  readonly passedOver: number;
  /** Entries that nothing matches any more. */
  readonly stale: readonly BaselineEntry[];
}

export function applyBaseline(
  findings: readonly Finding[],
  { findings: entries }: Pick<Baseline, 'findings'>,
): Baselined {
  const left = new Map(entries.map((entry) => [keyOf(entry), entry.count]));
  const kept = findings.filter((finding) => {
    const key = keyOf({ ...finding, statement: finding.fingerprint });
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
  const stale = entries.filter((entry) => left.get(keyOf(entry)) === entry.count);
  return { findings: kept, passedOver: findings.length - kept.length, stale };
}

/** The same for the same findings, in whatever order they come; `others` are taken over as they are. */
export function makeBaseline(
  findings: readonly Pick<Finding, 'file' | 'rule' | 'fingerprint'>[],
  others: readonly BaselineEntry[] = [],
): Baseline {
  const entries = new Map(others.map((entry) => [keyOf(entry), entry]));
  for (const { file, rule, fingerprint: statement } of findings) {
    const key = keyOf({ file, rule, statement });
    entries.set(key, { file, rule, statement, count: (entries.get(key)?.count ?? 0) + 1 });
  }
  const keys = [...entries.keys()].sort();
  return { version: VERSION, findings: keys.flatMap((key) => entries.get(key) ?? []) };
}

/** A file that is not there is an empty baseline. Throws D1Error `invalid-baseline`. */
export function readBaseline(file: string): Baseline {
  if (!existsSync(file)) return { version: VERSION, findings: [] };
  const value = parseJson(readFileSync(file, 'utf8'));
  if (isBaseline(value)) return value;
  throw new D1Error({
    code: 'invalid-baseline',
    message: 'This is not a baseline that this version of d1-lint has written.',
    fix: 'Write it anew with "--update-baseline", after you have looked at what it would hide.',
    location: { file },
    exitCode: 2,
  });
}

const keyOf = ({ file, rule, statement }: Omit<BaselineEntry, 'count'>): string =>
  `${file}\n${rule}\n${statement}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isBaseline = (value: unknown): value is Baseline =>
  isObject(value) &&
  value['version'] === VERSION &&
  Array.isArray(value['findings']) &&
  value['findings'].every(
    (entry: unknown) =>
      isObject(entry) &&
      ['file', 'rule', 'statement'].every((key) => typeof entry[key] === 'string') &&
      typeof entry['count'] === 'number',
  );

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
