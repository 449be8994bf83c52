import type { ForeignKey, Table } from 'd1-core/schema';
import { sameName, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { targetColumns } from './copied-columns.ts';
import { isAlways } from './copied-rows.ts';
import { followTables, type FollowedTable } from './follow-tables.ts';

type Context = Pick<RuleContext, 'before' | 'statements'>;

/**
 * Whether a table may have rows when a statement runs. One that the file creates or empties has some only when the file
 * has filled it since, under whatever name.
 */
export function mayHaveRows(name: string, at: LintStatement, context: Context): boolean {
  const table = followTables(context).at(at, name);
  const earlier = context.statements.slice(0, at.index);
  const emptied = earlier.findLastIndex((statement) => empties(statement, table, context));
  return (
    (emptied < 0 && table?.existing !== undefined) ||
    earlier.slice(emptied + 1).some((statement) => writes(statement, ['InsertStmt'], table, context))
  );
}

function writes(
  statement: LintStatement,
  kinds: readonly string[],
  table: FollowedTable | undefined,
  context: Context,
): boolean {
  const tables = followTables(context);
  return kinds
    .flatMap((kind) => [...(statement.tree?.all(kind) ?? [])])
    .map((one) => tables.at(statement, one.table?.tableName?.text ?? ''))
    .some((one) => one !== undefined && one === table);
}

/** DELETE without a condition, or with one that says that none is meant. */
function empties(statement: LintStatement, table: FollowedTable | undefined, context: Context): boolean {
  const { tree } = statement;
  if (tree?.is('DeleteStmt') !== true || !writes(statement, ['DeleteStmt'], table, context)) return false;
  const where = tree.where;
  return tree.limit === undefined && (where === undefined || isAlways(where));
}

/**
 * Whether no row of a table that the file itself has made refers to a parent when a statement runs, because all that was
 * inserted has NULL in the columns of the key.
 */
export function refersToNone(
  { child, foreignKey }: { readonly child: Table; readonly foreignKey: ForeignKey },
  at: LintStatement,
  context: Context,
): boolean {
  const table = followTables(context).at(at, child.name);
  return (
    table?.existing === undefined &&
    context.statements
      .slice(0, at.index)
      .filter((statement) => writes(statement, ['InsertStmt', 'UpdateStmt'], table, context))
      .every((statement) => writesNull(statement, foreignKey))
  );
}

function writesNull(statement: LintStatement, { columns }: ForeignKey): boolean {
  const source = statement.tree?.is('InsertStmt') === true ? statement.tree.source : undefined;
  const targets = targetColumns(statement).map(({ target }) => target);
  const rows = rowsOf(source);
  return (
    rows !== undefined &&
    columns.some((column) => {
      const index = targets.findIndex((target) => sameName(target, column));
      return rows.every((row) => index >= 0 && row[index]?.literalType === 'NULL');
    })
  );
}

/** The values that an INSERT writes, a list a row; undefined where they are not all known. */
function rowsOf(
  source: SyntaxNode | undefined,
): readonly (readonly (SyntaxNode | undefined)[])[] | undefined {
  if (source?.is('ValuesClause') === true) return source.rows.map((row) => row.items());
  if (source?.is('SelectStmt') !== true) return undefined;
  return [source.columns.map((item) => item.expr)];
}
