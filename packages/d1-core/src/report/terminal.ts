import { randomInt } from 'node:crypto';
import { isAbsolute, relative, sep } from 'node:path';
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { maskSecrets } from '../errors/index.ts';

type Stream = NodeJS.WritableStream;

/**
 * The beginning of what GitHub, GitLab, Azure and TeamCity take for a command when it stands in the log of a job: a line
 * that begins with `::`, and `##[` or `##vso[` anywhere.
 */
const COMMAND = /(?<=^\s*):(?=:)|#(?=#\w*\[)/g;

/**
 * Lines as a terminal or a log takes them: names, SQL and messages in them cannot move the cursor, begin a line of their
 * own, give the CI system a command, or show a secret. Only the colors of `style` are painted, and only where the stream
 * has colors; without a stream there are none.
 */
export function terminalText(lines: readonly string[], stream?: Stream): string {
  const isPainted = stream !== undefined && hasColors(stream);
  return lines
    .map((line) => paintLine(visibleLine(maskSecrets(line)), isPainted))
    .map((line) => `${line.replaceAll(COMMAND, (first) => (first === ':' ? '\\u003a' : '\\u0023'))}\n`)
    .join('');
}

/** Writes lines for people. */
export function printLines(stream: Stream, lines: readonly string[]): void {
  if (lines.length > 0) stream.write(terminalText(lines, stream));
}

/** Writes a text that was painted for another medium, such as JSON. */
export function printText(stream: Stream, text: string): void {
  if (text !== '') stream.write(`${text}\n`);
}

/**
 * `styleText` itself honours FORCE_COLOR and a missing terminal. NO_COLOR comes first, because Nx sets FORCE_COLOR for
 * its tasks unasked. https://no-color.org
 */
const hasColors = (stream: Stream): boolean =>
  (process.env['NO_COLOR'] ?? '') === '' && styleText('bold', '', { stream }) !== '';

type Paint = (text: string) => string;

/** Known to this process alone: what looks like a color in a name or a row is none. Terminals pass over such numbers. */
const MARK = Array.from({ length: 3 }, () => randomInt(1000, 10_000)).join(';');

const sequence = (code: number): string => `\u001b[${MARK};${code}m`;

const paint =
  (open: number, close: number): Paint =>
  (text) =>
    `${sequence(open)}${text}${sequence(close)}`;

/** Colors for a terminal. Whether it has any is known where the lines are written: see `terminalText`. */
export const style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  good: paint(32, 39),
  warn: paint(33, 39),
  bad: paint(31, 39),
  link: paint(36, 39),
} as const satisfies Record<string, Paint>;

const SEQUENCES = new RegExp(`(\\u001b\\[${MARK};\\d+m)`);
const CODES = new RegExp(`\\u001b\\[${MARK};(\\d+)m`, 'g');

/** A line of which all can be seen but the colors of `style`. */
const visibleLine = (line: string): string =>
  line
    .split(SEQUENCES)
    .map((part, index) => (index % 2 === 0 ? visible(part) : part))
    .join('');

/** The colors of `style` as a terminal takes them, or none. */
const paintLine = (line: string, hasColors: boolean): string =>
  line.replaceAll(CODES, (_, code: string) => (hasColors ? `\u001b[${code}m` : ''));

/**
 * What no medium shows as it is: control characters but the tab, what ends a line, what turns the direction of a text,
 * and what takes no room.
 */
const HIDDEN = /(?!\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029\u200b\u2060\ufeff]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
]);

/**
 * A text on one line, of which everything can be seen: `\n`, `\u001b`. For names, SQL, rows and messages, which may hold
 * what would move a terminal's cursor, begin a line of its own, or hide a part of the text.
 */
export const visible = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(HIDDEN, (character) => SHORT.get(character) ?? codeUnit(character.charCodeAt(0)));

const codeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** Lays rows out in columns as wide as their widest cell, two spaces apart. Cells may carry colours. */
export function table(cells: readonly (readonly string[])[]): readonly string[] {
  const rows = cells.map((row) => row.map(visibleLine));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, stringWidth(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** `1 migration`, `2 migrations`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : several}`;
}

/** A path as it is printed: relative to the current folder where it is inside of it, which is also what GitHub takes. */
export function shownPath(file: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}
