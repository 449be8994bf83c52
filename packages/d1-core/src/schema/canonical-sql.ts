import { foldName, isTrivia, unquote, type Token, type Tokenize } from '../sql/index.ts';

/**
 * A statement without what makes no difference: comments, white space, the case of words and the quotes of names.
 * `ALTER TABLE` writes quotes into the statements that SQLite keeps, so two equal tables may be written differently.
 * Text in single quotes stays as it is.
 */
export const canonicalSql = (sql: string, tokenize: Tokenize): string =>
  tokenize(sql)
    .filter((token) => !isTrivia(token))
    .map(canonicalToken)
    .join(' ');

function canonicalToken({ kind, text }: Token): string {
  if (kind === 'string' || kind === 'blob') return text;
  return foldName(unquote(text));
}
