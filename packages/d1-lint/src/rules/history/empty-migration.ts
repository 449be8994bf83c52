import { defineRule } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/empty-migration',
  severity: 'warning',
  kind: 'policy',
  summary: 'A migration without any statement.',
  why: `Wrangler records it as applied. What is written into it afterwards runs on new databases only, and nothing says so.`,
  bad: [{ '0001_users.sql': users, '0002_tags.sql': '-- the tags\n' }],
  good: [{ '0001_users.sql': users }],
  check({ statements, content, report }) {
    if (statements.length > 0) return;
    const empty = content.find(({ code }) => code === 'no-statements');
    if (empty === undefined) return;
    report({ at: { start: 0, end: 0 }, message: empty.message, help: empty.fix });
  },
});
