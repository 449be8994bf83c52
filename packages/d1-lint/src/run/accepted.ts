import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { commandLine } from 'd1-core/door';
import { D1Error, isObject } from 'd1-core/errors';
import { replaceFile } from 'd1-core/node';
import { findUpward, type LoadedConfig } from '../config/index.ts';
import type { Finding } from '../engine/finding.ts';
import { ACCEPTED_FILE, FORMER_ACCEPTED_FILE } from '../words.ts';
import { reportPath } from './read-files.ts';

/** Version 1 had paths relative to the folder that the command was started in. */
const VERSION = 2;

/** A finding that is known and not reported. The statement counts, not its line: the file may grow above it. */
export interface AcceptedFinding {
  /** In the file relative to its own folder, with `/`. */
  readonly file: string;
  readonly rule: string;
  /** The fingerprint of the finding's statement. */
  readonly statement: string;
  readonly count: number;
}

/** What is left of findings without those that are accepted. */
export interface Unaccepted {
  readonly findings: readonly Finding[];
  /** How many findings are accepted. */
  readonly accepted: number;
  /** What is accepted and not found. */
  readonly stale: readonly AcceptedFinding[];
}

export function withoutAccepted(
  findings: readonly Finding[],
  accepted: readonly AcceptedFinding[],
): Unaccepted {
  const left = new Map(accepted.map((entry) => [keyOf(entry), entry.count]));
  const kept = findings.filter((finding) => {
    const key = keyOf({ ...finding, statement: finding.fingerprint });
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
  const stale = accepted.filter((entry) => left.get(keyOf(entry)) === entry.count);
  return { findings: kept, accepted: findings.length - kept.length, stale };
}

/** The same for the same findings, in whatever order they come; `others` are taken over as they are. */
export function accept(
  findings: readonly Pick<Finding, 'file' | 'rule' | 'fingerprint'>[],
  others: readonly AcceptedFinding[] = [],
): readonly AcceptedFinding[] {
  const entries = new Map(others.map((entry) => [keyOf(entry), entry]));
  for (const { file, rule, fingerprint: statement } of findings) {
    const key = keyOf({ file, rule, statement });
    entries.set(key, { file, rule, statement, count: (entries.get(key)?.count ?? 0) + 1 });
  }
  const keys = [...entries.keys()].sort();
  return keys.flatMap((key) => entries.get(key) ?? []);
}

/** What a file accepts, with paths relative to `root`; nothing where there is none. Throws D1Error `invalid-accepted`. */
export const readAccepted = (file: string, root: string): readonly AcceptedFinding[] =>
  readEntries(file).map((entry) => ({
    ...entry,
    file: reportPath(resolve(dirname(file), entry.file), root),
  }));

/** Accepts what was found in the files that were looked at; what is accepted of other files that are still there stays. */
export async function writeAccepted(
  file: string,
  root: string,
  { findings, texts }: { readonly findings: readonly Finding[]; readonly texts: ReadonlyMap<string, string> },
): Promise<void> {
  const pathOf = (entry: AcceptedFinding): string => resolve(dirname(file), entry.file);
  const others = entriesToKeep(file).filter(
    (entry) => !texts.has(reportPath(pathOf(entry), root)) && existsSync(pathOf(entry)),
  );
  const found = findings.map((one) => ({ ...one, file: reportPath(resolve(root, one.file), dirname(file)) }));
  const content = { version: VERSION, findings: accept(found, others) };
  await replaceFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** Writing also replaces a file that cannot be read. */
function entriesToKeep(file: string): readonly AcceptedFinding[] {
  try {
    return readEntries(file);
  } catch {
    return [];
  }
}

/**
 * The file that the config names, or else the nearest one at or above a folder. Throws D1Error `renamed-accepted` where only
 * a file of the former name is there: what it accepts would be reported again.
 */
export function acceptedFile(
  { config, folder, file }: LoadedConfig,
  { from, upTo }: { readonly from: string; readonly upTo: string | undefined },
): string {
  if (config.accepted !== undefined) return join(folder, config.accepted);
  const names = [ACCEPTED_FILE, FORMER_ACCEPTED_FILE];
  const here = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  const found = file === undefined ? findUpward(names, from, upTo) : here;
  if (found !== undefined && basename(found) === FORMER_ACCEPTED_FILE) throw renamed(found);
  return found ?? join(folder, ACCEPTED_FILE);
}

const renamed = (file: string): D1Error =>
  new D1Error({
    code: 'renamed-accepted',
    message: `The file of accepted findings is now called ${ACCEPTED_FILE}.`,
    fix: `Rename it: mv "${file}" "${join(dirname(file), ACCEPTED_FILE)}". Then write it again with "${commandLine('d1-lint:lint', '--writeAccepted')}", after a look at what it would hide.`,
    location: { file },
    exitCode: 2,
  });

function readEntries(file: string): readonly AcceptedFinding[] {
  if (!existsSync(file)) return [];
  const value = parseJson(readFileSync(file, 'utf8'));
  if (isAccepted(value)) return value.findings;
  throw new D1Error({
    code: 'invalid-accepted',
    message: 'This is not a file of accepted findings that this version of d1-lint has written.',
    fix: 'Look at what it would hide, then write it again with "--writeAccepted".',
    location: { file },
    exitCode: 2,
  });
}

const keyOf = ({ file, rule, statement }: Omit<AcceptedFinding, 'count'>): string =>
  `${file}\n${rule}\n${statement}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isAccepted = (value: unknown): value is { readonly findings: readonly AcceptedFinding[] } =>
  isObject(value) &&
  value['version'] === VERSION &&
  Array.isArray(value['findings']) &&
  value['findings'].every(
    (entry: unknown) =>
      isObject(entry) &&
      ['file', 'rule', 'statement'].every((key) => typeof entry[key] === 'string') &&
      typeof entry['count'] === 'number',
  );
