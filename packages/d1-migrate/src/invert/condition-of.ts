import { isTrivia, type Tokenize } from 'd1-core/sql';

/** The text behind the outermost WHERE, up to a RETURNING; empty where there is none. */
export function conditionOf(text: string, tokenize: Tokenize): string {
  const tokens = tokenize(text);
  let depth = 0;
  let start: number | undefined;
  let end = text.length;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth > 0 || isTrivia(token)) continue;
    const word = token.text.toUpperCase();
    if (word === 'WHERE' && start === undefined) start = token.end;
    if (word === 'RETURNING') end = token.start;
  }
  return start === undefined ? '' : text.slice(start, end).trim();
}
