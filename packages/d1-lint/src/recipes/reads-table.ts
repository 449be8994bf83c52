import { sameName, significantTokens, unquote, type Tokenize } from 'd1-core/sql';

const BEFORE_A_TABLE: ReadonlySet<string> = new Set(['FROM', 'JOIN', 'INTO', 'UPDATE', 'ON', 'REFERENCES']);

/**
 * Whether the stored text of a view or trigger names a table where a table stands. It errs on the side of no: a table
 * after a comma in FROM counts only when it is written with its schema.
 */
export function readsTable(sql: string, table: string, tokenize: Tokenize): boolean {
  const tokens = significantTokens(tokenize(sql));
  return tokens.some((token, index) => {
    if (token.kind === 'keyword' || !sameName(unquote(token.text), table)) return false;
    const isQualified = tokens[index - 1]?.text === '.' && sameName(tokens[index - 2]?.text ?? '', 'main');
    const previous = tokens[isQualified ? index - 3 : index - 1]?.text.toUpperCase() ?? '';
    return BEFORE_A_TABLE.has(previous) && tokens[index + 1]?.text !== '.';
  });
}
