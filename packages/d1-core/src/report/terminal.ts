import { styleText } from 'node:util';
import { maskSecrets } from '../errors/index.ts';
import { paintLine, visibleLine } from './style.ts';

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
