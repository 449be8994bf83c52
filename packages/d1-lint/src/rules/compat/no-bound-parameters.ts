import { defineRule } from '../../engine/rule.ts';

const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/no-bound-parameters',
  severity: 'error',
  kind: 'engine',
  summary: 'A parameter such as ? or :name has no value in a migration.',
  why: `A Worker binds values to ? and ?1. Wrangler binds none when it applies a file, so D1 refuses the statement: "Wrong number
of parameter bindings". Such a statement was mostly copied from the source of the Worker.`,
  bad: [
    { '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (?, 'free');" },
    { '0001_plans.sql': plans, '0002_seed.sql': 'UPDATE plans SET name = :name WHERE id = 1;' },
  ],
  good: [{ '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free');" }],
  check({ statements, report }) {
    for (const { tree, tokens } of statements) {
      const parameter = tree && tokens.find(({ kind }) => kind === 'parameter');
      if (parameter === undefined) continue;
      report({
        at: parameter,
        message: `Nothing gives ${parameter.text} a value: a migration has no parameters, and D1 refuses the statement.`,
        help: 'Write the value itself.',
      });
    }
  },
});
