import { isTrivia, type Token } from 'd1-core/sql';

/** What makes a splitter cut a trigger in the wrong place. */
export interface SplitterTrap {
  readonly at: Token;
  readonly trap: 'crlf' | 'lower-case' | 'case-end' | 'comment-behind-end' | 'name';
}

/** The traps in a trigger, in the order of the text. Takes all its tokens, comments and white space included. */
export function splitterTraps(
  tokens: readonly Token[],
  commentBehindEnd: Token | undefined,
): readonly SplitterTrap[] {
  const words = tokens.filter((token) => !isTrivia(token));
  const crlf = tokens.find(({ text }) => text.includes('\r\n'));
  return [
    ...(crlf === undefined ? [] : [{ at: crlf, trap: 'crlf' as const }]),
    ...lowerCase(words),
    ...caseEnds(words),
    ...(commentBehindEnd === undefined
      ? []
      : [{ at: commentBehindEnd, trap: 'comment-behind-end' as const }]),
    ...names(words),
  ].sort((a, b) => a.at.start - b.at.start);
}

const isWord = ({ kind, text }: Token, word: string): boolean =>
  kind === 'keyword' && text.toUpperCase() === word;

/** The BEGIN and the END of the trigger itself: the first of the one, and the last of the other. */
function lowerCase(words: readonly Token[]): readonly SplitterTrap[] {
  const ends = [
    words.find((token) => isWord(token, 'BEGIN')),
    words.findLast((token) => isWord(token, 'END')),
  ];
  return ends
    .filter((token) => token !== undefined)
    .filter(({ text }) => text !== text.toUpperCase())
    .map((at) => ({ at, trap: 'lower-case' }));
}

/** `END;` of a CASE: the server takes it for that of the trigger. What stands behind an END is for wrangler to misread. */
function caseEnds(words: readonly Token[]): readonly SplitterTrap[] {
  const last = words.findLastIndex((token) => isWord(token, 'END'));
  return words.flatMap((at, index) => {
    const isCaseEnd = index < last && isWord(at, 'END');
    return isCaseEnd && words[index + 1]?.text === ';' ? [{ at, trap: 'case-end' as const }] : [];
  });
}

const names = (words: readonly Token[]): readonly SplitterTrap[] =>
  words
    .filter(({ kind, text }) => kind === 'identifier' && /^["`[]?(begin|end|case)["`\]]?$/i.test(text))
    .map((at) => ({ at, trap: 'name' }));
