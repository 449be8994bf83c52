import { isTrivia, type Token } from './tokens.ts';

/** One SQL statement of a text. */
export interface Statement {
  /** All its tokens, comments included, from the first that matters to the last before the semicolon. */
  readonly tokens: readonly Token[];
  /** UTF-16 offset of the first token. */
  readonly start: number;
  /** UTF-16 offset after the last token, before the semicolon. */
  readonly end: number;
  /** Whether a semicolon ends it. */
  readonly terminated: boolean;
}

export const statementText = (text: string, statement: Statement): string =>
  text.slice(statement.start, statement.end);

/**
 * Splits as SQLite itself does (`sqlite3_complete`): at every semicolon, but inside CREATE TRIGGER only at the one
 * after an END that follows a semicolon. Text without any token that matters gives no statement.
 */
export function splitStatements(tokens: readonly Token[]): readonly Statement[] {
  const statements: Statement[] = [];
  let current: Token[] = [];
  /** Enough to know a trigger, upper-case: its first words and its last two. */
  let words: string[] = [];
  let last: readonly [string, string] = ['', ''];

  const finish = (terminated: boolean) => {
    const lastIndex = current.findLastIndex((token) => !isTrivia(token));
    const [first] = current;
    const end = current[lastIndex]?.end;
    if (first !== undefined && end !== undefined) {
      statements.push({ tokens: current.slice(0, lastIndex + 1), start: first.start, end, terminated });
    }
    current = [];
    words = [];
    last = ['', ''];
  };

  for (const token of tokens) {
    if (isTrivia(token)) {
      if (current.length > 0) current.push(token);
    } else if (
      token.text === ';' &&
      (!startsTrigger(words) || (last[0] === ';' && last[1].toUpperCase() === 'END'))
    ) {
      finish(true);
    } else {
      current.push(token);
      if (words.length < TRIGGER_WORDS) words.push(token.text.toUpperCase());
      last = [last[1], token.text];
    }
  }
  finish(false);
  return statements;
}

/** EXPLAIN QUERY PLAN CREATE TEMP TRIGGER */
const TRIGGER_WORDS = 6;

function startsTrigger(words: readonly string[]): boolean {
  let at = words[0] === 'EXPLAIN' ? 1 : 0;
  if (at === 1 && words[1] === 'QUERY' && words[2] === 'PLAN') at = 3;
  if (words[at] !== 'CREATE') return false;
  const next = words[at + 1];
  return next === 'TRIGGER' || ((next === 'TEMP' || next === 'TEMPORARY') && words[at + 2] === 'TRIGGER');
}

/** A place in a text. Line and column count from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface LineIndex {
  /** The position of a UTF-16 offset. */
  positionAt(offset: number): Position;
  /** The text of a line, without its line end. */
  line(number: number): string;
}

/** Turns offsets into positions. A line ends at LF, CRLF or a lone CR. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);

  return {
    positionAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    line(number) {
      const start = starts[number - 1];
      return start === undefined
        ? ''
        : text.slice(start, starts[number] ?? text.length).replace(/[\r\n]+$/, '');
    },
  };
}
