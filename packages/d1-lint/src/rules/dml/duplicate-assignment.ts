import { foldName, type Name, type SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';

const users =
  "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL DEFAULT 'free');";

export default defineRule({
  id: 'dml/duplicate-assignment',
  severity: 'error',
  kind: 'policy',
  summary: 'A column that one UPDATE sets twice.',
  why: `D1 accepts it. SQLite takes the last value and ignores the others without a word, where other databases refuse the
statement. Mostly another column was meant.`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_plan.sql': "UPDATE users SET plan = 'pro', plan = 'team' WHERE id = 1;",
    },
  ],
  good: [
    {
      '0001_users.sql': users,
      '0002_plan.sql': "UPDATE users SET plan = 'pro', name = 'Ada' WHERE id = 1;",
    },
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const list of tree?.all('SetClauseList') ?? []) {
        const names = list.items().flatMap(assignedNames);
        const last = new Map(names.map((name) => [foldName(name.text), name]));
        for (const name of names) {
          if (last.get(foldName(name.text)) === name) continue;
          report({
            at: name,
            message: `${name.text} is set again in the same statement, so this value is ignored.`,
            help: 'Remove one of the two, or correct the name of the column.',
          });
        }
      }
    }
  },
});

/** `a = …`, or `(a, b) = …`. */
const assignedNames = (clause: SyntaxNode): readonly Name[] =>
  [clause.column, ...clause.columns.map((column) => column.column)].filter((name) => name !== undefined);
