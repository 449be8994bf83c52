import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/byte-order-mark',
  severity: 'warning',
  kind: 'policy',
  summary: 'A file that begins with a byte order mark.',
  why: `D1 takes the mark for white space, and other tools for a part of the first word. UTF-8 needs none; editors of Windows write it
when they save as "UTF-8 with BOM".`,
  bad: [`\uFEFF${table}`],
  good: [table],
  check({ content, report }) {
    const mark = content.find(({ code }) => code === 'byte-order-mark');
    if (mark === undefined) return;
    report({
      at: { start: 0, end: 0 },
      message: mark.message,
      help: mark.fix,
      // The text has come without it: writing the file back is all.
      fix: { title: 'Remove the byte order mark', edits: [], safe: true },
    });
  },
});
