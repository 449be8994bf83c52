import type { Token } from './tokens.ts';

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

/** What the tree says, with the original text in the place of the marks. */
export function withoutMarks(text: string, tokens: readonly Token[]): string {
  return text.replaceAll(
    QUOTED_OR_BARE_MARK,
    (whole, quoted, bare) => tokens[Number(quoted ?? bare)]?.text ?? whole,
  );
}
