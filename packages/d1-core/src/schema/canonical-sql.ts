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

/** Whether two statements differ in nothing but that. Most objects are as they were, and then nothing is read. */
export const isSameSql = (one: string, other: string, tokenize: Tokenize): boolean =>
  one === other || canonicalSql(one, tokenize) === canonicalSql(other, tokenize);

function canonicalToken({ kind, text }: Token): string {
  if (kind === 'string' || kind === 'blob') return text;
  return foldName(unquote(text));
}
