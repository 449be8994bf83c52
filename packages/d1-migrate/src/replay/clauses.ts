import type { Table } from 'd1-core/schema';
import { isTrivia, type SyntaxNode, type Tokenize } from 'd1-core/sql';

/** The text after the outermost WHERE, up to a RETURNING; empty where there is none. */
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

/** What an INSERT or UPDATE does with rows that break a constraint: what it says itself comes before what the table says. */
export function conflictAction(statement: SyntaxNode, table: Table, tokenize: Tokenize): string | undefined {
  const said = statement.conflictAction;
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
