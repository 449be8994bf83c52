import { foldName, isTrivia, unquote, type Tokenize } from '../sql/index.ts';

/**
 * The table that an FTS5 table takes its text from; undefined where it keeps it itself, or not at all.
 * https://sqlite.org/fts5.html#external_content_and_contentless_tables
 */
export function contentTable(sql: string, tokenize: Tokenize): string | undefined {
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  const at = tokens.findIndex(
    ({ text }, index) => foldName(unquote(text)) === 'content' && tokens[index + 1]?.text === '=',
  );
  const value = at < 0 ? '' : unquote(tokens[at + 2]?.text ?? '');
  return value === '' ? undefined : value;
}
