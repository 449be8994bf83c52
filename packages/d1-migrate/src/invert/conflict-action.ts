import type { Table } from 'd1-core/schema';
import { isTrivia, type SyntaxNode, type Tokenize } from 'd1-core/sql';

/** What an INSERT or UPDATE does with rows that break a constraint: what it says itself comes before what the table says. */
export function conflictAction(statement: SyntaxNode, table: Table, tokenize: Tokenize): string | undefined {
  const said = statement.word('conflict_action');
  return said === undefined || said === 'DEFAULT' ? ownConflictAction(table, tokenize) : said;
}

/** The worst that the constraints of a table say: `UNIQUE ON CONFLICT REPLACE`. */
export function ownConflictAction({ sql }: Table, tokenize: Tokenize): 'REPLACE' | 'IGNORE' | undefined {
  const words = tokenize(sql)
    .filter((token) => !isTrivia(token))
    .map(({ kind, text }) => (kind === 'keyword' ? text.toUpperCase() : ''));
  const actions = words.filter((_, at) => words[at - 1] === 'CONFLICT' && words[at - 2] === 'ON');
  return actions.includes('REPLACE') ? 'REPLACE' : actions.includes('IGNORE') ? 'IGNORE' : undefined;
}
