import { basename } from 'node:path';
import { plural, style, table } from 'd1-core/report';
import type { Problem } from '../format/index.ts';
import type { Verification } from './verify.ts';

/** More problems than these are only counted: a cut archive may have thousands, and the JSON report has all. */
const SHOWN = 50;

export function describeVerification(result: Verification): readonly string[] {
  const { file, metadata, problems, unchecked, notes } = result;
  const origin =
    metadata === undefined
      ? 'of another tool'
      : `${metadata.environment.name}, ${metadata.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return [
    `${style.bold(basename(file))} · ${origin}`,
    ...describeRead(result),
    ...(problems.length > 0 ? ['', ...describeProblems(problems)] : []),
    ...section('Not checked:', unchecked),
    ...section('Note:', notes),
    '',
    verdict(result),
  ];
}

function describeRead({ level, read }: Verification): readonly string[] {
  const entries = plural(read.entries, 'entry', 'entries');
  if (level === 'structure') return [`${entries} listed, none of them read`];
  const database =
    read.tables === undefined
      ? ''
      : `, ${plural(read.tables, 'table')} with ${plural(read.rows ?? 0, 'row')} restored`;
  return [`${entries} with ${plural(read.bytes, 'byte')} read${database}`];
}

function describeProblems(problems: readonly Problem[]): readonly string[] {
  const rows = problems
    .slice(0, SHOWN)
    .map(({ where, expected, found }) => [`  ${style.bad('✗')} ${where}`, expected, found]);
  const more = problems.length - SHOWN;
  return [
    ...table([['    Entry', 'Expected', 'Found'].map((title) => style.dim(title)), ...rows]),
    ...(more > 0 ? [`  … and ${more} more; --json lists them all`] : []),
  ];
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

function verdict({ problems, unchecked, level }: Verification): string {
  if (problems.length > 0)
    return style.bad(
      `${plural(problems.length, 'problem')}. Do not rely on this archive; "backup-list" shows the others.`,
    );
  const done = {
    structure: 'Its entries are those that it should have; their content was not read.',
    hashes: 'All content is as it was saved; the database was not restored.',
    restore: 'It restores, and all content is as it was saved.',
  };
  return unchecked.length > 0
    ? style.warn('No problem was found in what can be checked.')
    : style.good(done[level]);
}

/** A verification as the JSON report carries it. */
export function verificationDocument({
  file,
  level,
  metadata,
  read,
  problems,
  unchecked,
  notes,
}: Verification): object {
  return {
    archive: file,
    level,
    environment: metadata?.environment.name ?? null,
    startedAt: metadata?.startedAt ?? null,
    proof: metadata?.proof ?? null,
    read,
    problems,
    unchecked,
    notes,
  };
}
