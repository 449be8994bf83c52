import { isTrivia, type Token } from 'd1-core/sql';

/**
 * Whether some version of wrangler may cut a text in another way than SQLite does. It errs on the side of yes: what it
 * says no to is cut alike by the oldest and the newest, see split-differently.spec.ts. Takes all tokens of a statement,
 * comments and white space included.
 */
export function maySplitDifferently(tokens: readonly Token[]): boolean {
  return (
    tokens.some((token, index) => isSuspicious(token, tokens[index - 1], tokens[index + 1])) ||
    hasBlocks(tokens)
  );
}

function isSuspicious(token: Token, before: Token | undefined, behind: Token | undefined): boolean {
  const { kind, text } = token;
  if (kind === 'illegal' || text.startsWith('[')) return true;
  if (kind === 'comment') return text.startsWith('/*') && !(isSpace(before) && isSpace(behind));
  // A text in which wrangler looks for a transaction.
  return text.includes('$') || text.includes('BEGIN TRANSACTION');
}

const isSpace = (token: Token | undefined): boolean => token === undefined || token.kind === 'whitespace';

/** CASE and BEGIN begin a block for an old wrangler. A trigger with one BEGIN and one END is cut alike by all. */
function hasBlocks(tokens: readonly Token[]): boolean {
  const words = tokens.filter((token) => !isTrivia(token)).map(({ text }) => text);
  const openers = words.filter((word) => /^(begin|case)$/i.test(word));
  if (openers.length === 0) return false;
  const [opener] = openers;
  const begin = tokens.findIndex(({ text }) => text === opener);
  const ends = words.filter((word) => /^end$/i.test(word));
  const isPlain =
    openers.length === 1 &&
    opener === 'BEGIN' &&
    ends.length === 1 &&
    words.at(-1) === 'END' &&
    isPlainSpace(tokens[begin - 1]) &&
    isPlainSpace(tokens[begin + 1]) &&
    isPlainSpace(tokens[tokens.length - 2]);
  return !isPlain;
}

const isPlainSpace = (token: Token | undefined): boolean => token?.kind === 'whitespace';
