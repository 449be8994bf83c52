import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL);';

export default defineRule({
  id: 'meta/ignore-without-reason',
  severity: 'error',
  kind: 'policy',
  summary: 'A comment that switches a rule off does not say why.',
  why: `Whoever reads the migration in a year wants to know whether the reason still holds.`,
  bad: [`-- d1-lint-disable-next-statement schema/no-autoincrement\n${table}`],
  good: [`-- d1-lint-disable-next-statement schema/no-autoincrement: old links must stay dead\n${table}`],
  check({ suppressions, tokens, report }) {
    for (const suppression of suppressions) {
      if (suppression.reason !== undefined) continue;
      const text = tokens.find((token) => token.start === suppression.start)?.text ?? '';
      report({
        at: suppression,
        message: `This switches ${suppression.rules.join(', ') || 'a rule'} off and does not say why.`,
        help: `Add a colon and the reason:\n${text.replace(/:?\s*$/, '')}: …`,
      });
    }
  },
});
