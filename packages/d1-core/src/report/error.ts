import {
  type D1Error,
  explainFileError,
  isD1Error,
  maskSecrets,
  type SourceLocation,
} from '../errors/index.ts';
import { lineIndex, type Position } from '../sql/index.ts';
import { shownPath, style } from './terminal.ts';

/** An error as lines for people: what happened, where, why, and what to do. The stack only when `verbose`. */
export function describeError(error: unknown, { verbose = false } = {}): readonly string[] {
  const told = explainFileError(error) ?? error;
  const lines = isD1Error(told) ? describeD1Error(told) : describeUnexpected(error, verbose);
  const stack = verbose && error instanceof Error && error.stack !== undefined ? error.stack.split('\n') : [];
  return stack.length === 0 ? lines : [...lines, '', ...stack];
}

function describeD1Error({ message, location, notes, fix }: D1Error): readonly string[] {
  return [
    `${style.bad('✖')} ${style.bold(message)}`,
    ...(location === undefined ? [] : [`  at ${style.link(formatLocation(location))}`]),
    ...notes.map((note) => (note === '' ? '' : `  ${note}`)),
    `  ${style.bold('Fix:')} ${fix}`,
  ];
}

function describeUnexpected(error: unknown, verbose: boolean): readonly string[] {
  const [first = '', ...more] = (error instanceof Error ? error.message : String(error)).split('\n');
  return [
    `${style.bad('✖')} ${style.bold(first)}`,
    ...more.map((line) => `  ${line}`),
    '  This is a defect of the plugin, not of your input.',
    verbose
      ? '  Fix: report it with the lines below.'
      : '  Fix: run again with --verbose and report what it prints.',
  ];
}

/** `file:line:column`, as editors and terminals link it. */
function formatLocation({ file, line, column }: SourceLocation): string {
  return [shownPath(file), line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(':');
}

/** An error as the JSON reports carry it. */
export function errorDocument(error: unknown): object {
  const told = explainFileError(error) ?? error;
  if (isD1Error(told)) {
    const { code, message, fix, location, notes } = told;
    return {
      code,
      message,
      fix,
      location: location && { ...location, file: shownPath(location.file) },
      notes,
    };
  }
  return { code: 'unexpected', message: maskSecrets(error instanceof Error ? error.message : String(error)) };
}

/** Lines shown before and after the one that is meant. */
const CONTEXT = 2;

/** Longer lines are cut: a seed file may hold a megabyte in one. */
const MAX_WIDTH = 120;

/** The lines of a text around a place, with a mark under it. */
export function codeFrame(text: string, { line, column }: Position): readonly string[] {
  const index = lineIndex(text);
  const last = index.positionAt(text.length).line;
  const from = Math.max(1, line - CONTEXT);
  const to = Math.min(last, line + CONTEXT);
  const gutter = String(to).length;
  const frame: string[] = [];
  for (let number = from; number <= to; number++) {
    const mark = number === line ? '>' : ' ';
    const source = index.line(number);
    const shown = source.length > MAX_WIDTH ? `${source.slice(0, MAX_WIDTH)}…` : source;
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${shown}`.trimEnd());
    if (number === line && column <= MAX_WIDTH) {
      // Tabs keep their width, so that the mark stands under its character.
      const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
      frame.push(`  ${' '.repeat(gutter)} | ${indent}^`);
    }
  }
  return frame;
}
