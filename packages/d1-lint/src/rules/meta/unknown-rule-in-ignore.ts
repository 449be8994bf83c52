import { commandLine } from 'd1-core/door';
import { nearest } from 'd1-core/errors';
import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);';

export default defineRule({
  id: 'meta/unknown-rule-in-ignore',
  severity: 'error',
  kind: 'policy',
  summary: 'A comment switches off a rule that does not exist.',
  why: `A misspelled rule is not switched off, and what it was meant to allow is reported.`,
  bad: [`-- d1-lint-disable-next-statement data/drop-tabel: unused\n${table}`],
  good: [table],
  check({ suppressions, ruleIds, report }) {
    for (const suppression of suppressions) {
      if (suppression.rules.length === 0) {
        report({
          at: suppression,
          message: 'This names no rule to switch off.',
          help: `Name it:\n-- d1-lint-disable-${suppression.scope} data/drop-table: …`,
        });
      }
      for (const rule of suppression.rules) {
        if (ruleIds.includes(rule)) continue;
        const meant = nearest(rule, ruleIds);
        report({
          at: suppression,
          message: `There is no rule ${rule}.`,
          help:
            meant === undefined
              ? `Run "${commandLine('d1-lint:rules')}" for the list.`
              : `Did you mean ${meant}?`,
        });
      }
    }
  },
});
