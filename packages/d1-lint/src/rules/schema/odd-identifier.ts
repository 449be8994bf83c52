import { defineRule } from '../../engine/rule.ts';
import { createdNames } from '../../recipes/created-names.ts';

export default defineRule({
  id: 'schema/odd-identifier',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A name with other characters than letters, digits and _.',
  why: `D1 accepts it in quotes. But each statement must then quote it, in the Worker as well, and scripts and tools that build
SQL from names often do not.`,
  bad: ['CREATE TABLE "blog posts" (id INTEGER PRIMARY KEY, "e-mail" TEXT NOT NULL);'],
  good: ['CREATE TABLE "blogPosts" (id INTEGER PRIMARY KEY, email_2 TEXT NOT NULL);'],
  check(context) {
    for (const { name, what } of createdNames(context)) {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name.text)) continue;
      const plain = name.text.replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=[0-9])/, '_');
      context.report({
        at: name,
        message: `The name of the ${what} "${name.text}" needs quotes in every statement.`,
        help: `Call it ${plain === '' || plain === '_' ? 'something of letters, digits and _' : plain}.`,
      });
    }
  },
});
