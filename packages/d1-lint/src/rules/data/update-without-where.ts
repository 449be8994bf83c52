import { identifier, type SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { existingColumn } from '../../recipes/existing-rows.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, plan TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, plan) VALUES (1, 'team');",
};

export default defineRule({
  id: 'data/update-without-where',
  severity: 'warning',
  kind: 'data',
  summary: 'UPDATE without WHERE overwrites a column in every row.',
  why: `An UPDATE without WHERE is more often a forgotten condition than a wish, and what the rows held before is gone. Each
row counts as written on the bill. Columns that the same file has added are not meant: they hold nothing yet.`,
  bad: [{ ...setUp, '0003_plan.sql': "UPDATE users SET plan = 'free';" }],
  good: [
    { ...setUp, '0003_plan.sql': "UPDATE users SET plan = 'free' WHERE plan IS NULL;" },
    {
      ...setUp,
      '0003_quota.sql': 'ALTER TABLE users ADD COLUMN quota INTEGER;\nUPDATE users SET quota = length(plan);',
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      const { tree, text } = statement;
      if (tree?.is('UpdateStmt') !== true || isBounded(tree)) continue;
      const name = tree.table.tableName;
      const overwritten = assignedColumns(tree).filter(
        (column) => existingColumn(name.text, column, statement, context) !== undefined,
      );
      const [first] = overwritten;
      if (first === undefined) continue;
      context.report({
        at: name,
        message: `This overwrites ${overwritten.join(', ')} in every row of ${name.text}.`,
        help: `Add the condition that is missing, for example WHERE ${identifier(first)} IS NULL. Where all rows are meant, say it:\n${text}${tree.from === undefined ? ' WHERE true' : '\nWHERE true'};`,
      });
    }
  },
});

const isBounded = (tree: SyntaxNode): boolean => tree.where !== undefined || tree.limit !== undefined;

const assignedColumns = (tree: SyntaxNode): readonly string[] =>
  tree.assignments
    .flatMap((one) => [one.column, ...one.columns.map((node) => node.column)])
    .flatMap((name) => name?.text ?? []);
