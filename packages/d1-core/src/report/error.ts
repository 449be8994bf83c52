import {
  type D1Error,
  explainFileError,
  isD1Error,
  maskSecrets,
  type SourceLocation,
} from '../errors/index.ts';
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
export function formatLocation({ file, line, column }: SourceLocation): string {
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
