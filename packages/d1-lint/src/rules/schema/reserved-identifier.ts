import { defineRule } from '../../engine/rule.ts';
import { createdNames } from '../../recipes/created-names.ts';
import { identifier } from '../../recipes/sql-names.ts';

export default defineRule({
  id: 'schema/reserved-identifier',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A name that is a word of SQL.',
  why: `D1 accepts it in quotes. But each statement must then quote it, in the Worker as well, and one that forgets is a syntax
error, or means something else: a column called "current_date" without quotes is today's date. Some tools quote such names
wrongly, or not at all.`,
  bad: ['CREATE TABLE "order" (id INTEGER PRIMARY KEY, "group" TEXT NOT NULL);'],
  good: ['CREATE TABLE orders (id INTEGER PRIMARY KEY, team TEXT NOT NULL);'],
  check(context) {
    for (const { name, what } of createdNames(context)) {
      const isWord = /^[a-z_]+$/i.test(name.text) && identifier(name.text) !== name.text;
      if (!isWord) continue;
      context.report({
        at: name,
        message: `The ${what} ${name.text} is called like a word of SQL, so every statement must write it in quotes.`,
        help: `Choose another name, such as ${name.text.toLowerCase()}s or ${name.text.toLowerCase()}_name.`,
      });
    }
  },
});
