import type { Engine, TokenEntry } from 'syntaqlite';

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
 * How many tokens before the end of a window may still change with more text behind them: `/` and `*` become a
 * comment, `x` and `'` a blob.
 */
const UNSETTLED_TOKENS = 3;

let tokenizer: Promise<Tokenize> | undefined;

/** SQLite's own tokenizer, as WebAssembly. Loading takes about 70 ms, once per process. */
export function loadTokenizer(): Promise<Tokenize> {
  tokenizer ??= loadEngine().then((engine) => (text) => tokenize(engine, text));
  return tokenizer;
}

async function loadEngine(): Promise<Engine> {
  const { DialectManager, Engine } = await import('syntaqlite');
  const engine = new Engine();
  await engine.load();
  await new DialectManager().loadDefault(engine);
  return engine;
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
  tokens.push({ kind, text, start, end: start + text.length });
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
