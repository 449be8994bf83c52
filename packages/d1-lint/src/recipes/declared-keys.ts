import type { ForeignKey, Table } from 'd1-core/schema';
import { sameName, type Name, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { alteredTable, createdTable, droppedTable, renamedTable } from './statement-parts.ts';

/** A foreign key that a statement of the file declares, and that is still there at the end of the file. */
export interface DeclaredKey {
  readonly statement: LintStatement;
  /** The last statement that gives the table its name: the one that declares the key, or a RENAME after it. */
  readonly settledBy: LintStatement;
  /** The name of the table in the statement. */
  readonly tableName: string;
  /** The table, and the key in it, at the end of the file. */
  readonly table: Table;
  readonly foreignKey: ForeignKey;
  readonly columns: readonly Name[];
  readonly parent: Name;
  readonly hasOnDelete: boolean;
}

/** The foreign keys of the tables that a file creates and of the columns that it adds, in the order of the text. */
export function declaredKeys({
  statements,
  after,
}: Pick<RuleContext, 'statements' | 'after'>): readonly DeclaredKey[] {
  const moves = statements.filter((one) => (droppedTable(one) ?? renamedTable(one)) !== undefined);
  return statements.flatMap((statement) => {
    const { tree, replay } = statement;
    const clauses = tree === undefined || replay.outcome !== 'done' ? [] : keyClauses(tree);
    const tableName = (createdTable(statement) ?? alteredTable(statement, 'ADD_COLUMN'))?.text;
    if (clauses.length === 0 || tableName === undefined || isNoOp(statement, tableName)) return [];
    const fate = fateOf(tableName, statement, moves);
    const table = fate === undefined ? undefined : after.table(fate.name);
    if (fate === undefined || table === undefined) return [];
    return clauses.flatMap(({ columns, clause }) => {
      const parent = clause.refTable;
      if (parent === undefined) return [];
      const parentAtEnd = fateOf(parent.text, statement, moves)?.name ?? parent.text;
      const foreignKey = table.foreignKeys.find(
        (key) => sameName(key.parent, parentAtEnd) && sameNames(key.columns, columns),
      );
      if (foreignKey === undefined) return [];
      const hasOnDelete = clause.options.some((option) => option.kind === 'ON_DELETE');
      return {
        statement,
        settledBy: fate.settledBy,
        tableName,
        table,
        foreignKey,
        columns,
        parent,
        hasOnDelete,
      };
    });
  });
}

/** `posts.user_id`, or `posts (tenant_id, user_id)`. */
export const keyLabel = ({ table, foreignKey }: Pick<DeclaredKey, 'table' | 'foreignKey'>): string =>
  foreignKey.columns.length === 1
    ? `${table.name}.${foreignKey.columns.join()}`
    : `${table.name} (${foreignKey.columns.join(', ')})`;

interface KeyClause {
  readonly columns: readonly Name[];
  readonly clause: SyntaxNode;
}

function keyClauses(tree: SyntaxNode): readonly KeyClause[] {
  if (tree.is('CreateTableStmt')) {
    const tableKeys = tree.tableConstraints
      .flatMap((group) => group.items())
      .flatMap((constraint) => clauseOf(constraint, names(constraint.fkColumns)));
    return [...tree.columns.flatMap(columnKeys), ...tableKeys];
  }
  const added = tree.op === 'ADD_COLUMN' ? tree.columnDef : undefined;
  return added === undefined ? [] : columnKeys(added);
}

function columnKeys(column: SyntaxNode): readonly KeyClause[] {
  const name = column.columnName;
  return name === undefined ? [] : column.constraints.flatMap((one) => clauseOf(one, [name]));
}

function clauseOf(constraint: SyntaxNode, columns: readonly Name[]): readonly KeyClause[] {
  const clause = constraint.reference;
  return clause === undefined ? [] : [{ columns, clause }];
}

const names = (columns: readonly SyntaxNode[]): readonly Name[] =>
  columns.map((column) => column.column).filter((name) => name !== undefined);

/** CREATE TABLE IF NOT EXISTS for a table that is there does nothing. */
const isNoOp = (statement: LintStatement, table: string): boolean =>
  createdTable(statement) !== undefined && statement.before.table(table) !== undefined;

/** What the table is called at the end of the file; undefined when it is dropped. */
function fateOf(
  table: string,
  from: LintStatement,
  moves: readonly LintStatement[],
): { readonly name: string; readonly settledBy: LintStatement } | undefined {
  let name = table;
  let settledBy = from;
  for (const move of moves) {
    if (move.index <= from.index) continue;
    const dropped = droppedTable(move);
    const renamed = renamedTable(move);
    if (dropped !== undefined && sameName(dropped.text, name)) return undefined;
    if (renamed === undefined || !sameName(renamed.from.text, name)) continue;
    name = renamed.to.text;
    settledBy = move;
  }
  return { name, settledBy };
}

const sameNames = (names: readonly string[], written: readonly Name[]): boolean =>
  names.length === written.length && names.every((name, index) => sameName(name, written[index]?.text ?? ''));
