import { foldName, isTrivia, unquote, type Token, type Tokenize } from 'd1-core/sql';

/** The text of each column's definition in a CREATE TABLE, by folded name. */
export function columnDefinitions(sql: string, tokenize: Tokenize): ReadonlyMap<string, string> {
  const definitions = new Map<string, string>();
  for (const part of partsOf(tokenize(sql))) {
    const [first] = part.filter((token) => !isTrivia(token));
    if (first === undefined || isConstraint(first)) continue;
    const text = part.map((token) => (isTrivia(token) ? ' ' : token.text)).join('');
    definitions.set(foldName(unquote(first.text)), text.replaceAll(/ +/g, ' ').trim());
  }
  return definitions;
}

/** What stands between the commas of the outermost parentheses. */
function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === ')') depth -= 1;
    if (depth > 0) {
      if (depth === 1 && token.text === ',') parts.push([]);
      else parts.at(-1)?.push(token);
    } else if (token.text === '(') parts.push([]);
    if (token.text === '(') depth += 1;
  }
  return parts;
}

const isConstraint = ({ text }: Token): boolean => /^(constraint|primary|unique|check|foreign)$/i.test(text);
