import type { Name, SyntaxNode } from 'd1-core/sql';

/** The table of a DELETE that has neither WHERE nor LIMIT. */
export function unboundedDelete(statement: SyntaxNode): Name | undefined {
  const bounded = statement.child('where_clause') ?? statement.child('limit_clause');
  return bounded === undefined ? statement.child('table')?.name('table_name') : undefined;
}
