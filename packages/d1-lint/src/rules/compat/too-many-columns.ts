import type { SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import type { Range } from '../../engine/finding.ts';

/** Measured on workerd 1.20260730.1 and 1.20261117.1. */
const LIMIT = 100;

const columns = (count: number): string =>
  Array.from({ length: count }, (_, index) => `answer_${index + 1} TEXT`).join(', ');

export default defineRule({
  id: 'compat/too-many-columns',
  severity: 'error',
  kind: 'engine',
  summary: `More than ${LIMIT} columns in a table, index, view, result or VALUES row are refused.`,
  why: `SQLite allows 2,000 columns, and D1 allows ${LIMIT}. The same limit holds for the columns of a result, an index, a view,
a row of VALUES, an ORDER BY, a GROUP BY and the SET of an UPDATE.`,
  bad: [`CREATE TABLE surveys (id INTEGER PRIMARY KEY, ${columns(100)});`],
  good: [`CREATE TABLE surveys (id INTEGER PRIMARY KEY, ${columns(99)});`],
  check({ statements, report }) {
    for (const statement of statements) {
      const excess = findExcess(statement);
      if (excess === undefined) continue;
      report({
        at: excess.at,
        message: `${excess.what} has ${excess.count} columns, and D1 refuses more than ${LIMIT}.`,
        help: 'Move some of them into a second table with the same primary key, or keep them as one JSON column.',
      });
    }
  },
});

interface Excess {
  readonly what: string;
  readonly count: number;
  readonly at: Range;
}

/** List types of the tree, and what they are for the reader. */
const LISTS: Readonly<Record<string, string>> = {
  ColumnDefList: 'This table',
  ResultColumnList: 'This result',
  SetClauseList: 'This UPDATE',
  OrderByList: 'This list',
  ExprList: 'This list',
};

function findExcess({ tree, before, after }: LintStatement): Excess | undefined {
  if (tree === undefined) return undefined;
  for (const node of tree.walk()) {
    const what = LISTS[node.type];
    if (what === undefined || node.count() <= LIMIT || isUnlimited(node, tree)) continue;
    return { what, count: node.count(), at: node };
  }
  const altered = tree.is('AlterTableStmt') ? tree.child('target')?.name('object_name') : undefined;
  if (altered === undefined) return undefined;
  const count = after.table(altered.text)?.columns.length ?? 0;
  const grew = count > (before.table(altered.text)?.columns.length ?? count);
  return grew && count > LIMIT ? { what: `The table ${altered.text}`, count, at: altered } : undefined;
}

/** The list of an IN may be of any length, and the arguments of a function have another limit. */
function isUnlimited(list: SyntaxNode, tree: SyntaxNode): boolean {
  if (!list.is('ExprList')) return false;
  for (const node of tree.walk()) {
    if (node.is('InExpr') && node.json['source'] === list.json) return true;
    if (node.is('FunctionCall') && node.json['args'] === list.json) return true;
  }
  return false;
}
