import { columnOf, type Schema, type Table } from 'd1-core/schema';
import type { SyntaxNode } from 'd1-core/sql';

/** The one table from which a SELECT takes its rows, and what it makes of the columns. */
export interface CopySource {
  readonly table: string;
  /** Whether every row is taken, once. */
  readonly everyRow: boolean;
  /** In the order of the result: the column a value comes from, if it comes from one. */
  readonly columns: readonly CopiedColumn[];
}

export interface CopiedColumn {
  /** The name of the result's column. */
  readonly name: string;
  /** Undefined for a value that is made of no column, or of several. */
  readonly from: string | undefined;
  /** Whether the value is made from the column, and is not the column itself. */
  readonly derived: boolean;
}

/** Undefined where the rows do not come from one table, each from one row of it. */
export function copySource(
  select: SyntaxNode | undefined,
  statement: SyntaxNode,
  schema: Schema,
): CopySource | undefined {
  if (select?.is('SelectStmt') !== true || statement.ctes !== undefined) return undefined;
  const from = select.from;
  const table = from?.is('TableRef') === true ? schema.table(from.tableName?.text ?? '') : undefined;
  if (table === undefined || select.groupBy !== undefined || select.hasFlag('DISTINCT')) return undefined;
  const everyRow = select.where === undefined && select.limit === undefined;
  return {
    table: table.name,
    everyRow,
    columns: select.columns.flatMap((column) => resultColumns(column, table)),
  };
}

function resultColumns(result: SyntaxNode, table: Table): readonly CopiedColumn[] {
  if (result.hasFlag('STAR')) {
    return table.columns.map(({ name }) => ({ name, from: name, derived: false }));
  }
  const expression = result.expr;
  if (expression === undefined) return [];
  const columns = expression
    .all('ColumnRef')
    .map((node) => columnOf(table, node.column?.text ?? '')?.name)
    .filter((name) => name !== undefined);
  const [from, ...others] = new Set(columns);
  const isPlain = expression.is('ColumnRef');
  const name = result.alias?.text ?? (isPlain ? (from ?? '') : '');
  return [{ name, from: others.length > 0 ? undefined : from, derived: !isPlain }];
}
