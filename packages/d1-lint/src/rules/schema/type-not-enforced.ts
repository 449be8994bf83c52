import { defineRule } from '../../engine/rule.ts';
import { affinityOf } from '../../recipes/affinity.ts';
import { declaredColumns } from '../../recipes/declared-tables.ts';

export default defineRule({
  id: 'schema/type-not-enforced',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A type with a length or precision that SQLite ignores.',
  why: `D1 accepts VARCHAR(20) and DECIMAL(10, 2), and ignores the numbers: a text of any length is stored whole, and a decimal is
a float, which cannot hold 0.1 exactly. The type promises what nothing keeps. Check the length in the Worker, and store amounts
of money as INTEGER in the smallest unit.`,
  bad: [
    'CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);',
    'CREATE TABLE plans (id INTEGER PRIMARY KEY, price DECIMAL(10, 2) NOT NULL);',
  ],
  good: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, balance_cents INTEGER NOT NULL);'],
  check(context) {
    for (const { type, name, label } of declaredColumns(context)) {
      if (type?.text.includes('(') !== true) continue;
      const affinity = affinityOf(type.text);
      const isText = affinity === 'TEXT';
      context.report({
        at: type,
        message: `SQLite takes ${type.text} of ${label}.${name.text} for ${affinity} and ignores the numbers in parentheses.`,
        help: isText
          ? 'Write TEXT, and check the length in the Worker.'
          : `Write ${affinity === 'NUMERIC' || affinity === 'REAL' ? 'INTEGER for an exact amount, in its smallest unit, or REAL' : affinity}.`,
      });
    }
  },
});
