import type { ForeignKey, Table } from 'd1-core/schema';
import { sameName, type SyntaxNode } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { targetColumns } from './copied-columns.ts';
import { writtenTable } from './statement-parts.ts';

/**
 * Whether a table may have rows when a statement runs. One that the file creates has some only when the file has
 * filled it before.
 */
export function mayHaveRows(
  table: string,
  at: LintStatement,
  { before, statements }: Pick<RuleContext, 'before' | 'statements'>,
): boolean {
  const earlier = statements.slice(0, at.index);
  if (earlier.some((statement) => empties(statement, table))) return false;
  return (
    before.table(table) !== undefined ||
    earlier.some(({ tree }) =>
      tree
        ?.all('InsertStmt')
        .some((one) => sameName(one.child('table')?.name('table_name')?.text ?? '', table)),
    )
  );
}

/** DELETE without a condition, or with one that says that none is meant. */
function empties(statement: LintStatement, table: string): boolean {
  const { tree } = statement;
  if (tree?.is('DeleteStmt') !== true || !sameName(writtenTable(statement)?.text ?? '', table)) return false;
  const where = tree.child('where_clause');
  const isAlways = where?.text() === '1' || where?.name('column')?.text.toLowerCase() === 'true';
  return tree.child('limit_clause') === undefined && (where === undefined || isAlways);
}

/**
 * Whether no row of a table that the file itself has made refers to a parent when a statement runs, because all that was
 * inserted has NULL in the columns of the key.
 */
export function refersToNone(
  { child, foreignKey }: { readonly child: Table; readonly foreignKey: ForeignKey },
  at: LintStatement,
  { before, statements }: Pick<RuleContext, 'before' | 'statements'>,
): boolean {
  const earlier = statements.slice(0, at.index);
  const isWritten = ({ tree }: LintStatement) =>
    [...(tree?.all('InsertStmt') ?? []), ...(tree?.all('UpdateStmt') ?? [])].some((one) =>
      sameName(one.child('table')?.name('table_name')?.text ?? '', child.name),
    );
  return (
    before.table(child.name) === undefined &&
    earlier.filter(isWritten).every((statement) => writesNull(statement, foreignKey))
  );
}

function writesNull(statement: LintStatement, { columns }: ForeignKey): boolean {
  const source = statement.tree?.is('InsertStmt') === true ? statement.tree.child('source') : undefined;
  const targets = targetColumns(statement).map(({ target }) => target);
  const rows = rowsOf(source);
  return (
    rows !== undefined &&
    columns.some((column) => {
      const index = targets.findIndex((target) => sameName(target, column));
      return rows.every((row) => index >= 0 && row[index]?.word('literal_type') === 'NULL');
    })
  );
}

/** The values that an INSERT writes, a list a row; undefined where they are not all known. */
function rowsOf(
  source: SyntaxNode | undefined,
): readonly (readonly (SyntaxNode | undefined)[])[] | undefined {
  if (source?.is('ValuesClause') === true) return source.items('rows').map((row) => row.items());
  if (source?.is('SelectStmt') !== true) return undefined;
  return [source.items('columns').map((item) => item.child('expr'))];
}
