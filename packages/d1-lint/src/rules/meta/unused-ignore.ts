import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);';

export default defineRule({
  id: 'meta/unused-ignore',
  severity: 'warning',
  kind: 'policy',
  stage: 'comments',
  summary: 'A comment switches off a rule that finds nothing there.',
  why: `It would hide the next finding of that rule, which nobody has looked at.`,
  bad: [`-- d1-lint-disable-next-statement data/drop-table: unused since May\n${table}`],
  good: [table],
  check({ suppressions, activeRuleIds, report }) {
    for (const suppression of suppressions) {
      const { rules, used, scope } = suppression;
      const idle = rules.filter((rule) => activeRuleIds.includes(rule) && !used.has(rule));
      if (idle.length === 0) continue;
      report({
        at: suppression,
        message: `${idle.join(', ')} ${idle.length === 1 ? 'finds' : 'find'} nothing in ${scope === 'file' ? 'this file' : 'the next statement'}.`,
        help:
          idle.length === rules.length
            ? 'Remove the comment.'
            : `Remove ${idle.join(', ')} from the comment.`,
      });
    }
  },
});
