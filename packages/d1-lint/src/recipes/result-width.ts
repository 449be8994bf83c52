import type { SyntaxNode } from 'd1-core/sql';

/** How many columns a SELECT or VALUES gives; undefined where a star or something unknown is among them. */
export function widthOf(query: SyntaxNode | undefined): number | undefined {
  switch (query?.type) {
    case 'SelectStmt': {
      const columns = query.columns;
      return columns.some((column) => column.hasFlag('STAR')) ? undefined : columns.length;
    }
    case 'ValuesClause':
      return query.rows[0]?.count();
    case 'CompoundSelect':
      return widthOf(query.left);
    case 'WithClause':
      return widthOf(query.select);
    default:
      return undefined;
  }
}
