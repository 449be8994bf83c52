import stringWidth from 'string-width';
import type { SourceLocation } from '../errors/index.ts';
import { shownPath, visible } from './terminal.ts';

/** `##[` is a command wherever it stands in the log of a job at GitHub or Azure; the others are hidden in JSON's texts. */
const ESCAPED = /#(?=#\w*\[)|[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu;

/** A value as JSON for a log or a file: every character of a text is there, and none of them does anything. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export type AnnotationLevel = 'error' | 'warning' | 'notice';

/**
 * A line that GitHub Actions shows at the place it names.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotation(level: AnnotationLevel, message: string, location?: SourceLocation): string {
  const file = location && shownPath(location.file);
  const properties = Object.entries({ file, line: location?.line, col: location?.column })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${level}${properties === '' ? '' : ` ${properties}`}::${escapeData(message)}`;
}

const escapeData = (text: string) => text.replaceAll('%', '%25').split(/\r?\n/).map(visible).join('%0A');
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

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

/**
 * A text between double quotes in a Mermaid diagram: nothing in it ends the quotes, is HTML, or begins a directive
 * (`%%{init: …}%%` is one wherever it stands). A backslash is not allowed in the names of an ER diagram.
 */
export const mermaidText = (text: string): string => {
  const plain = visible(text)
    .replaceAll(/\s+/g, ' ')

    .replaceAll(/[%\\<>`]/g, '_')
    .replaceAll('"', "'");
  return `"${plain === '' ? '_' : plain}"`;
};

/** A single word of letters, digits, underscores and hyphens: Mermaid has types and attributes only so. */
export function mermaidWord(text: string): string {
  const plain = text.replaceAll(/[^\w-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  return /^[A-Za-z]/.test(plain) ? plain : `x${plain}`;
}

/** A text in an element or an attribute of XML 1.0, which has no place for control characters, escaped or not. */
export const xmlText = (text: string): string =>
  text
    .split('\n')
    .map(visible)
    .join('\n')
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);
