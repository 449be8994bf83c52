import {
  parseColumnDefinition,
  printColumnDefinition,
  type ColumnClause,
  type ColumnClauseKind,
  type ColumnDefinition,
} from 'd1-core/rebuild';
import { isTrivia, type Tokenize } from 'd1-core/sql';

export type ColumnEdit = (column: ColumnDefinition) => ColumnDefinition;

/** Changes the text of a column's part. */
export const editColumn = (text: string, edit: ColumnEdit, tokenize: Tokenize): string =>
  printColumnDefinition(edit(parseColumnDefinition(text, tokenize)));

export const withType =
  (type: string): ColumnEdit =>
  (column) => ({ ...column, type });

export const withNotNull: ColumnEdit = (column) =>
  column.clauses.some(({ kind }) => kind === 'not-null')
    ? column
    : added(without('null')(column), { kind: 'not-null', text: 'NOT NULL' });

export const withDefault =
  (expression: string, tokenize: Tokenize): ColumnEdit =>
  (column) =>
    added(without('default')(column), {
      kind: 'default',
      text: `DEFAULT ${isLiteral(expression, tokenize) ? expression : `(${expression})`}`,
    });

export const without =
  (kind: ColumnClauseKind): ColumnEdit =>
  (column) => ({ ...column, clauses: column.clauses.filter((clause) => clause.kind !== kind) });

const added = (column: ColumnDefinition, clause: ColumnClause): ColumnDefinition => ({
  ...column,
  clauses: [...column.clauses, clause],
});

/** What DEFAULT takes without parentheses: a literal, a signed number, or an expression that has them already. */
function isLiteral(expression: string, tokenize: Tokenize): boolean {
  const tokens = tokenize(expression).filter((token) => !isTrivia(token));
  const [first, second] = tokens;
  if (first?.text === '(') return closesAtEnd(tokens.map(({ text }) => text));
  const value = first?.text === '-' || first?.text === '+' ? second : first;
  return tokens.length === (value === first ? 1 : 2) && value !== undefined;
}

function closesAtEnd(texts: readonly string[]): boolean {
  let depth = 0;
  for (const [index, text] of texts.entries()) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return index === texts.length - 1;
  }
  return false;
}
