import stringWidth from 'string-width';
import { visible } from './visible.ts';

/** A text within a paragraph, a heading, an item or a cell: nothing in it is markup, HTML or a line of its own. */
export const markdownText = (text: string): string =>
  oneLine(text)
    .replaceAll(/[\\`*[\]~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)/g, String.raw`\$&`)
    // A backslash before it would be taken for a part of an address that stands there.
    .replaceAll('<', '&lt;')
    // At the beginning of a line these make a heading, a list, a quotation, a table.
    .replace(/(?<=^ ?)(?:[-+](?= |$)|[-=](?=[-=]* ?$)|[>#|])|(?<=^ ?\d+)[.)](?= |$)/, String.raw`\$&`);

/** A name or SQL in the middle of a sentence. */
export function markdownCode(text: string): string {
  const flat = oneLine(text) || ' ';
  const fence = '`'.repeat(longestRun(flat) + 1);
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${space}${flat}${space}${fence}`;
}

/** Lines of code, which cannot end the block. */
export function markdownBlock(language: string, lines: readonly string[]): readonly string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines.map(visible), fence];
}

/** A table whose columns are as wide as their widest cell, as Prettier leaves it. The cells are Markdown. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const cells = [header, ...rows].map((row) => row.map(escapeBars));
  const widths = header.map((_, index) => Math.max(3, ...cells.map((row) => stringWidth(row[index] ?? ''))));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - stringWidth(cell))).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others.map(line)];
}

/** A bar ends a cell, in code too; what has its backslash is left alone. */
const escapeBars = (cell: string): string =>
  cell.replaceAll(/\\.|\|/g, (match) => (match === '|' ? String.raw`\|` : match));

const oneLine = (text: string): string => visible(text.replaceAll(/\s+/g, ' '));

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
