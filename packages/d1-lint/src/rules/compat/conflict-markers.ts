import { defineRule } from '../../engine/rule.ts';

const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/conflict-markers',
  severity: 'error',
  kind: 'engine',
  summary: 'A merge of git that was not finished.',
  why: `Git writes <<<<<<<, ======= and >>>>>>> where it could not merge two versions of a file. That is no SQL, and D1 refuses the
file.`,
  bad: [
    {
      '0001_plans.sql': plans,
      '0002_seed.sql': `<<<<<<< HEAD
INSERT INTO plans (id, name) VALUES (1, 'free');
=======
INSERT INTO plans (id, name) VALUES (1, 'basic');
>>>>>>> feature
`,
    },
  ],
  good: [{ '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free');" }],
  check({ file, tokens, report }) {
    const marks = [...file.text.matchAll(/^(?:<{7} |>{7} |={7}$)/gm)].filter(({ index }) =>
      tokens.some(({ kind, start }) => kind === 'operator' && start === index),
    );
    for (const { index, 0: mark } of marks.some(({ 0: mark }) => mark.startsWith('<')) ? marks : []) {
      report({
        at: { start: index, end: index + mark.trimEnd().length },
        message: 'Git could not merge this file, and its marks are still in it: D1 refuses it.',
        help: 'Keep what is meant of both sides, and delete the marks.',
      });
    }
  },
});
