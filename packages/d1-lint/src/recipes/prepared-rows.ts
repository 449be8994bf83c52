import { sameName } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { copySelect } from './copied-columns.ts';

/** Whether the copy leaves rows out by this column, or an UPDATE before it gives the column a value. */
export function isPrepared(
  column: string,
  copy: LintStatement,
  { statements }: Pick<RuleContext, 'statements'>,
): boolean {
  const where = copySelect(copy)?.where?.all('ColumnRef') ?? [];
  const updates = statements
    .slice(0, copy.index)
    .filter(({ tree }) => tree?.is('UpdateStmt') === true)
    .flatMap(({ tree }) => tree?.setlist?.all('SetClause') ?? []);
  return [...where, ...updates].some((node) => sameName(node.column?.text ?? '', column));
}
