import type { LintStatement } from '../engine/rule.ts';

/** Somewhat below D1's limit, so that a later edit of the file does not cross it at once. */
const TARGET_BYTES = 90_000;

/**
 * Cuts an INSERT with many rows into several, without the semicolons. Undefined where it is none, where something
 * follows the rows (ON CONFLICT, RETURNING) and would have to be repeated, or where one row alone is too long.
 * It works on tokens: a statement this long is never parsed.
 */
export function splitInsert(statement: LintStatement, maxRows = Infinity): readonly string[] | undefined {
  const rows = rowsOf(statement);
  return rows === undefined ? undefined : chunks(rows.head, rows.rows, maxRows);
}

/** How many rows an INSERT … VALUES has; 0 where it is none that can be cut. */
export const countRows = (statement: LintStatement): number => rowsOf(statement)?.rows.length ?? 0;

function rowsOf({ text, tokens, start }: LintStatement) {
  const [first] = tokens;
  const values = tokens.findIndex((token) => token.text.toUpperCase() === 'VALUES');
  if (values < 0 || !/^(insert|replace)$/i.test(first?.text ?? '')) return undefined;

  const rows: string[] = [];
  let depth = 0;
  let rowStart = 0;
  for (const token of tokens.slice(values + 1)) {
    if (token.text === '(') {
      if (depth === 0) rowStart = token.start;
      depth += 1;
    } else if (token.text === ')') {
      depth -= 1;
      if (depth === 0) rows.push(text.slice(rowStart - start, token.end - start));
    } else if (depth === 0 && token.text !== ',') {
      return undefined;
    }
  }
  return { head: text.slice(0, (tokens[values]?.end ?? start) - start), rows };
}

function chunks(head: string, rows: readonly string[], maxRows: number): readonly string[] | undefined {
  const parts: string[][] = [];
  let size = Infinity;
  for (const row of rows) {
    const bytes = Buffer.byteLength(row) + 2;
    if (bytes + Buffer.byteLength(head) > TARGET_BYTES) return undefined;
    if (size + bytes > TARGET_BYTES || (parts.at(-1)?.length ?? 0) >= maxRows) {
      parts.push([]);
      size = Buffer.byteLength(head);
    }
    parts.at(-1)?.push(row);
    size += bytes;
  }
  return parts.length < 2 ? undefined : parts.map((part) => `${head}\n${part.join(',\n')}`);
}
