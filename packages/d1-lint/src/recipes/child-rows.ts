import { sameName } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
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
