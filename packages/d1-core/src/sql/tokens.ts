import type { Engine, TokenEntry } from 'syntaqlite';
import { syntaxEngine } from './syntax-engine.ts';

export type TokenKind =
  | 'keyword'
  | 'identifier'
  | 'string'
  | 'blob'
  | 'number'
  | 'parameter'
  | 'operator'
  | 'punctuation'
  | 'comment'
  | 'whitespace'
  /** What SQLite refuses as "unrecognized token": an unterminated quote, `@`, a NUL. */
  | 'illegal';

/** A piece of SQL text. All tokens of a text, joined, give the text back. Offsets are UTF-16 units. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Tokenize = (text: string) => readonly Token[];

/** White space and comments: what the engine does not see. */
export const isTrivia = (token: Token): boolean => token.kind === 'whitespace' || token.kind === 'comment';

/**
 * Large texts are cut into windows, because syntaqlite's answer is JSON for the whole input: 10 MB of SQL in one
 * call exhausts its memory (measured with 0.13.0).
 */
const WINDOW = 64 * 1024;

/**
 * How many tokens before the end of a window may still change with more text after them: `/` and `*` become a
 * comment, `x` and `'` a blob.
 */
const UNSETTLED_TOKENS = 3;

let tokenizer: Promise<Tokenize> | undefined;

/** SQLite's own tokenizer, as WebAssembly. */
export function loadTokenizer(): Promise<Tokenize> {
  tokenizer ??= syntaxEngine().then((engine) => (text) => tokenize(engine.current, text));
  return tokenizer;
}

function tokenize(engine: Engine, text: string): readonly Token[] {
  const tokens: Token[] = [];
  // A NUL aborts syntaqlite, and ends a statement's text in SQLite: it is a token of its own here.
  const parts = text.toWellFormed().split('\0');
  for (const [index, part] of parts.entries()) {
    if (index > 0) push(tokens, 'illegal', '\0');
    tokenizePart(engine, part, tokens);
  }
  return tokens;
}

function tokenizePart(engine: Engine, text: string, tokens: Token[]): void {
  let from = 0;
  let size = WINDOW;
  while (from < text.length) {
    const to = endOfWindow(text, from + size);
    const entries = engine.tokenize(text.slice(from, to));
    const settled = to === text.length ? entries : entries.slice(0, -UNSETTLED_TOKENS);
    if (settled.length === 0) {
      size *= 2;
      continue;
    }
    for (const entry of settled) {
      push(tokens, kindOf(entry), entry.text);
      from += entry.text.length;
    }
    size = WINDOW;
  }
}

function endOfWindow(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  const splitsSurrogatePair = /[\uD800-\uDBFF]/.test(text.charAt(wanted - 1));
  return splitsSurrogatePair ? wanted + 1 : wanted;
}

function push(tokens: Token[], kind: TokenKind, text: string): void {
  const start = tokens.at(-1)?.end ?? 0;
  tokens.push({ kind, text: text.length < 4 ? shared(text) : text, start, end: start + text.length });
}

/** Commas, parentheses and spaces are most of a file of rows: one string for all of them halves its memory. */
const short = new Map<string, string>();
const MAX_SHORT = 1000;

function shared(text: string): string {
  const known = short.get(text);
  if (known !== undefined) return known;
  if (short.size < MAX_SHORT) short.set(text, text);
  return text;
}

/**
 * syntaqlite puts white space, illegal input and the words COLUMN, ISNULL and NOTNULL into one category, and blobs among
 * the strings.
 */
function kindOf({ category, text }: TokenEntry): TokenKind {
  switch (category) {
    case 'keyword':
    case 'identifier':
    case 'number':
    case 'parameter':
    case 'operator':
    case 'punctuation':
    case 'comment':
      return category;
    case 'string':
      return /^x/i.test(text) ? 'blob' : 'string';
    default:
      if (text.trim() === '') return 'whitespace';
      return /^(column|isnull|notnull)$/i.test(text) ? 'keyword' : 'illegal';
  }
}

/**
 * The nodes of the syntax tree have no positions, and their names no quotes. So every name and text literal is
 * replaced by the number of its token before parsing. What the tree then holds leads back to the token.
 */
const MARK = /§(\d+)§/;
const QUOTED_OR_BARE_MARK = /["'`[]§(\d+)§["'`\]]|§(\d+)§/g;

/** Names that are words of the grammar only in their place, so that the tokenizer cannot know. */
const GRAMMAR_WORDS: ReadonlySet<string> = new Set(['ROWID', 'STRICT', 'STORED', 'VIRTUAL', 'ALWAYS']);

export function markTokens(tokens: readonly Token[]): string {
  return tokens.map((token, index) => (isMarked(token) ? mark(token.text, index) : token.text)).join('');
}

const isMarked = ({ kind, text }: Token): boolean =>
  kind === 'string' || (kind === 'identifier' && !GRAMMAR_WORDS.has(text.toUpperCase()));

/** The quotes stay, because the grammar tells some of them apart. */
function mark(text: string, index: number): string {
  return /^["'`[]/.test(text) ? `${text.charAt(0)}§${index}§${text.charAt(text.length - 1)}` : `§${index}§`;
}

/** The token of the first mark in what the tree says. */
export function markedToken(text: string, tokens: readonly Token[]): Token | undefined {
  const [, index] = MARK.exec(text) ?? [];
  return index === undefined ? undefined : tokens[Number(index)];
}

/** What the tree says, with the original text in place of the marks. */
export function withoutMarks(text: string, tokens: readonly Token[]): string {
  return text.replaceAll(
    QUOTED_OR_BARE_MARK,
    (whole, quoted, bare) => tokens[Number(quoted ?? bare)]?.text ?? whole,
  );
}
