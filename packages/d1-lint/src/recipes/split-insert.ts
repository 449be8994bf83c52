import { isTrivia, type Token } from 'd1-core/sql';
import type { LintStatement } from '../engine/rule.ts';

/** Somewhat below D1's limit, so that a later edit of the file does not cross it at once. */
const TARGET_BYTES = 90_000;

/** A row of VALUES, with the comments on the lines before it and at the end of its own. */
interface Row {
  readonly before: readonly string[];
  readonly text: string;
  readonly after: readonly string[];
}

interface Rows {
  /** Up to VALUES, as it is written, and without its comments. */
  readonly head: string;
  readonly plainHead: string;
  readonly rows: readonly Row[];
}

/**
 * Cuts an INSERT with many rows into several, without the semicolons. Undefined where it is none, where something
 * follows the rows (ON CONFLICT, RETURNING) and would have to be repeated, or where one row alone is too long.
 * It works on tokens: a statement this long is never parsed.
 */
export function splitInsert(statement: LintStatement, maxRows = Infinity): readonly string[] | undefined {
  const found = rowsOf(statement);
  const parts = found === undefined ? undefined : chunks(found, maxRows);
  if (found === undefined || parts === undefined) return undefined;
  return parts.map((part, index) => partText(index === 0 ? found.head : found.plainHead, part));
}

/** How many rows an INSERT … VALUES has; 0 where it is none that can be cut. */
export const countRows = (statement: LintStatement): number => rowsOf(statement)?.rows.length ?? 0;

function rowsOf({ text, tokens, allTokens, start, end }: LintStatement): Rows | undefined {
  const values = tokens.find((token) => token.text.toUpperCase() === 'VALUES');
  if (values === undefined || !/^(insert|replace)$/i.test(tokens[0]?.text ?? '')) return undefined;
  const within = allTokens.filter((token) => token.start >= start && token.end <= end);
  const head = within.filter((token) => token.end <= values.end);

  const rows: { before: string[]; text: string; after: string[] }[] = [];
  let comments: string[] = [];
  let depth = 0;
  let rowStart = 0;
  let isOnLine = false;
  for (const token of within.filter((one) => one.start >= values.end)) {
    if (token.text === '(') {
      if (depth === 0) rowStart = token.start;
      depth += 1;
    } else if (token.text === ')') {
      depth -= 1;
      if (depth > 0) continue;
      rows.push({ before: comments, text: text.slice(rowStart - start, token.end - start), after: [] });
      comments = [];
      isOnLine = true;
    } else if (depth === 0 && token.kind === 'comment') {
      const place = isOnLine ? rows.at(-1)?.after : comments;
      place?.push(token.text.trimEnd());
    } else if (depth === 0 && !isTrivia(token) && token.text !== ',') {
      return undefined;
    }
    if (depth === 0 && isTrivia(token) && token.text.includes('\n')) isOnLine = false;
  }
  return { head: textOf(head), plainHead: textOf(head.filter(({ kind }) => kind !== 'comment')), rows };
}

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');

function chunks({ head, rows }: Rows, maxRows: number): readonly (readonly Row[])[] | undefined {
  const parts: Row[][] = [];
  let size = Infinity;
  for (const row of rows) {
    const bytes = Buffer.byteLength(rowText(row, ',')) + 1;
    if (bytes + Buffer.byteLength(head) > TARGET_BYTES) return undefined;
    if (size + bytes > TARGET_BYTES || (parts.at(-1)?.length ?? 0) >= maxRows) {
      parts.push([]);
      size = Buffer.byteLength(head);
    }
    parts.at(-1)?.push(row);
    size += bytes;
  }
  return parts.length < 2 ? undefined : parts;
}

function partText(head: string, rows: readonly Row[]): string {
  const lines = rows.map((row, index) => rowText(row, index < rows.length - 1 ? ',' : ''));
  const text = [head, ...lines].join('\n');
  // The semicolon would be a part of the comment.
  return rows.at(-1)?.after.at(-1)?.startsWith('--') === true ? `${text}\n` : text;
}

const rowText = ({ before, text, after }: Row, comma: string): string =>
  [...before, [`${text}${comma}`, ...after].join(' ')].join('\n');
