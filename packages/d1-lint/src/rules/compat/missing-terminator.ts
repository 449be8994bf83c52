import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL)';

export default defineRule({
  id: 'compat/missing-terminator',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'The last statement has no semicolon.',
  why: `Wrangler appends the statement that records the migration to the text of the file, and sends both as one. Without a
semicolon between them they are one statement, and no SQL: the migration fails with a syntax error, on your machine and remotely.`,
  bad: [table, `${table} -- the end\n`],
  good: [`${table};`, `${table}; -- the end\n`],
  check({ statements, content, report }) {
    const last = statements.at(-1);
    const missing = content.find(({ code }) => code === 'missing-semicolon');
    // Of what is no SQL, the error in it is said; a semicolon would not help.
    if (last?.parsed.outcome === 'syntax-error') return;
    if (last === undefined || missing === undefined) return;
    report({
      at: { start: last.end, end: last.end },
      message: missing.message,
      help: missing.fix,
      fix: {
        title: 'Write the semicolon',
        edits: [{ start: last.end, end: last.end, text: ';' }],
        safe: true,
      },
    });
  },
});
