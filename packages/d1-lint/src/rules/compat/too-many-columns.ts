import type { SyntaxNode } from 'd1-core/sql';
import { LIMITS } from '../../d1/engine.ts';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import type { Range } from '../../engine/finding.ts';

const LIMIT = LIMITS.columns;

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
  const long = Object.keys(LISTS)
    .flatMap((type) => tree.all(type))
    .filter((node) => node.count() > LIMIT);
  const unlimited = long.length === 0 ? undefined : unlimitedLists(tree);
  const [node] = long.filter(({ json }) => unlimited?.has(json) !== true);
  if (node !== undefined) return { what: LISTS[node.type] ?? 'This list', count: node.count(), at: node };
  const altered = tree.is('AlterTableStmt') ? tree.target.objectName : undefined;
  if (altered === undefined) return undefined;
  const count = after.table(altered.text)?.columns.length ?? 0;
  const grew = count > (before.table(altered.text)?.columns.length ?? count);
  return grew && count > LIMIT ? { what: `The table ${altered.text}`, count, at: altered } : undefined;
}

/** The list of an IN and a row to compare may be of any length, and the arguments of a function have another limit. */
const unlimitedLists = (tree: SyntaxNode): ReadonlySet<unknown> =>
  new Set(
    [...tree.walk()].flatMap(({ type, json }) =>
      (UNLIMITED[type] ?? []).flatMap((field) => json[field] ?? []),
    ),
  );

const UNLIMITED: Readonly<Record<string, readonly string[]>> = {
  InExpr: ['source'],
  RowValue: ['items'],
  FunctionCall: ['args'],
  AggregateFunctionCall: ['args'],
  TableRef: ['args'],
};
