import { identifier, isTrivia, type Tokenize } from 'd1-core/sql';

/** A CREATE TABLE, as SQLite keeps it, for another name. */
export function renamedCreate(sql: string, newName: string, tokenize: Tokenize): string {
  const tokens = tokenize(sql);
  const significant = tokens.filter((token) => !isTrivia(token));
  // SQLite keeps "CREATE TABLE <name>", without IF NOT EXISTS and without the schema.
  const name = significant[2];
  return tokens.map((token) => (token === name ? identifier(newName) : token.text)).join('');
}
