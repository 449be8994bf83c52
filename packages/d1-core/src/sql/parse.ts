import type { Engine } from 'syntaqlite';
import type { Statement } from './statements.ts';
import { syntaxEngine, type SyntaxEngine } from './syntax-engine.ts';
import { SyntaxNode } from './syntax-node.ts';
import { isTrivia, markTokens, type Token } from './tokens.ts';

/** D1 takes no longer statement, and the parser needs 0.4 MB of memory for each kilobyte. */
export const MAX_STATEMENT_BYTES = 100_000;

/** Of parentheses. Ten times what D1 takes in an expression, and a third of what breaks the parser. */
const MAX_DEPTH = 1000;

/** What the parser says of one statement. */
export type ParsedStatement =
  | { readonly outcome: 'parsed'; readonly tree: SyntaxNode }
  | {
      readonly outcome: 'syntax-error';
      readonly message: string;
      /** UTF-16 offset into the text of the file. */
      readonly at: number;
    }
  /** Nothing is known of it: `too-long` and `too-deep` were not tried, `defeated` broke the parser. */
  | { readonly outcome: 'not-parsed'; readonly reason: 'too-long' | 'too-deep' | 'defeated' };

/** Parses one statement of a text, as `splitStatements` gives it. */
export type Parse = (text: string, statement: Statement) => Promise<ParsedStatement>;

let parser: Promise<Parse> | undefined;

/** SQLite's own grammar, as WebAssembly. */
export function loadParser(): Promise<Parse> {
  parser ??= syntaxEngine().then(parserOn);
  return parser;
}

const parserOn =
  (engine: SyntaxEngine): Parse =>
  async (text, statement) => {
    const refused = refusal(statement);
    if (refused !== undefined) return { outcome: 'not-parsed', reason: refused };
    try {
      return parseWith(engine.current, text, statement);
    } catch {
      // Node's stack ended inside WebAssembly: that instance answers no further call.
      await engine.renew();
      return { outcome: 'not-parsed', reason: 'defeated' };
    }
  };

function refusal({ tokens }: Statement): 'too-long' | 'too-deep' | undefined {
  let bytes = 0;
  let depth = 0;
  let deepest = 0;
  for (const { text } of tokens) {
    bytes += Buffer.byteLength(text);
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  if (bytes > MAX_STATEMENT_BYTES) return 'too-long';
  return deepest > MAX_DEPTH ? 'too-deep' : undefined;
}

function parseWith(engine: Engine, text: string, { tokens, start, end }: Statement): ParsedStatement {
  // A NUL aborts the parser; SQLite calls every such token an error too.
  const illegal = tokens.find((token) => token.kind === 'illegal');
  if (illegal !== undefined) return unrecognized(illegal);

  const source = { text, tokens, start, end };
  const [tree] = treesOf(engine, markTokens(tokens));
  if (tree !== undefined) return { outcome: 'parsed', tree: new SyntaxNode(tree, source) };

  // Without marks: for the message, and in case a mark stood where the grammar wants a certain word.
  const original = tokens.map((token) => token.text).join('');
  const [unmarked] = treesOf(engine, original);
  if (unmarked !== undefined) return { outcome: 'parsed', tree: new SyntaxNode(unmarked, source) };
  const [error] = engine.parse(original).errors;
  const offset = Buffer.from(original)
    .subarray(0, error?.start_offset ?? 0)
    .toString().length;
  return { outcome: 'syntax-error', message: error?.message ?? 'syntax error', at: start + offset };
}

function treesOf(engine: Engine, sql: string): readonly Readonly<Record<string, unknown>>[] {
  const { statements, errors } = engine.parse(sql);
  return errors.length === 0 && statements.length === 1 ? statements.map((node) => ({ ...node })) : [];
}

function unrecognized({ text, start }: Token): ParsedStatement {
  const shown = text.length > 20 ? `${text.slice(0, 20)}…` : text.replaceAll('\0', 'NUL');
  return { outcome: 'syntax-error', message: `unrecognized token: ${shown}`, at: start };
}

/** The tokens that the engine sees, in order. */
export const significantTokens = (tokens: readonly Token[]): readonly Token[] =>
  tokens.filter((token) => !isTrivia(token));
