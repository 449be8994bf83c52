import { loadTokenizer, splitStatements, statementText } from 'd1-core/sql';

/** Splits SQL as `sqlite3_complete` does. Cloudflare's own splitter is not public. */
export async function split(sql: string): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  return splitStatements(tokenize(sql)).map((statement) => statementText(sql, statement));
}
