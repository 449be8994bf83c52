import { sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { declaredColumns, type DeclaredColumn } from '../../recipes/declared-tables.ts';
import { generatorOfFile } from '../../recipes/generator.ts';
import { identifier } from '../../recipes/sql-names.ts';

export default defineRule({
  id: 'schema/boolean-check',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A BOOLEAN column without a CHECK.',
  why: `SQLite has no booleans. A BOOLEAN column is one of numbers that takes anything: 2, 'yes' and 'false' too, and the text
'false' is true to a Worker. A CHECK with 0 and 1 makes it what it says.`,
  bad: ['CREATE TABLE tasks (id INTEGER PRIMARY KEY, done BOOLEAN NOT NULL DEFAULT 0);'],
  good: [
    'CREATE TABLE tasks (id INTEGER PRIMARY KEY, done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)));',
  ],
  check(context) {
    for (const column of declaredColumns(context)) {
      const { type, name, label } = column;
      if (type === undefined || !/^bool(ean)?$/i.test(type.text) || isChecked(column)) continue;
      const own = identifier(name.text);
      context.report({
        at: type,
        message: `${label}.${name.text} is ${type.text}, which SQLite does not know: it takes any number, and any text.${
          generatorOfFile(context) === 'Prisma' ? ' Prisma generates this for Boolean.' : ''
        }`,
        help: `Say what it may hold:\n${own} INTEGER NOT NULL DEFAULT 0 CHECK (${own} IN (0, 1))`,
      });
    }
  },
});

function isChecked({ statement, definition, name }: DeclaredColumn): boolean {
  const checks = [definition, ...(statement.tree?.tableConstraints ?? [])].flatMap((part) =>
    [...part.all('ColumnConstraint'), ...part.all('TableConstraint')].map((one) => one.check),
  );
  const names = (check: SyntaxNode | undefined) => check?.all('ColumnRef') ?? [];
  return checks.some((check) => names(check).some((one) => sameName(one.column.text, name.text)));
}
