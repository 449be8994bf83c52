import type { SyntaxNode } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { declaredColumns, declaredTables } from '../../recipes/declared-tables.ts';

const users = (check: string) =>
  `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL CHECK (${check}));`;

export default defineRule({
  id: 'schema/check-with-function',
  severity: 'warning',
  kind: 'policy',
  preset: 'strict',
  summary: 'A CHECK that calls a function.',
  why: `D1 accepts a CHECK with functions such as length(); a project may decide not to write one. SQLite has no ALTER for a
CHECK, so each correction is a rebuild of the whole table, and D1 knows only some of SQLite's functions. What needs a function
is better checked in the Worker, which can also say what is wrong. Comparisons, IN, BETWEEN and LIKE are not meant.`,
  bad: [
    users('length(role) > 0'),
    'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, CHECK (trim(name) = name));',
  ],
  good: [
    users("role IN ('reader', 'editor')"),
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, CHECK (name <> ''));",
  ],
  check(context) {
    const checks = [
      ...declaredColumns(context).flatMap(({ definition, label }) =>
        definition.constraints.map((constraint) => ({ constraint, label })),
      ),
      ...declaredTables(context).flatMap(({ tree, label }) =>
        tree.tableConstraints.flatMap((group) => group.items()).map((constraint) => ({ constraint, label })),
      ),
    ];
    for (const { constraint, label } of checks) {
      const called = functionIn(constraint.check);
      if (called === undefined) continue;
      context.report({
        at: called,
        message: `A CHECK of ${label} calls ${called.text}(). D1 accepts it; in this project a CHECK calls no function.`,
        help: 'Check this in the Worker before it writes. The database keeps what comparisons, IN and BETWEEN can say. Where it must be here, say so above the statement:\n-- d1-lint-disable-next-statement schema/check-with-function: …',
      });
    }
  },
});

const functionIn = (check: SyntaxNode | undefined) => check?.all('FunctionCall')[0]?.functionName;
