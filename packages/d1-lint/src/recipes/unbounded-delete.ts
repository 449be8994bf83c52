import type { Name, SyntaxNode } from 'd1-core/sql';

/** The table of a DELETE that has neither WHERE nor LIMIT. */
export function unboundedDelete(statement: SyntaxNode): Name | undefined {
  const bounded = statement.where ?? statement.limit;
  return bounded === undefined ? statement.table?.tableName : undefined;
}
