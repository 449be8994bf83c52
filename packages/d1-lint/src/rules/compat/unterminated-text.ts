import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/unterminated-text',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A comment or a quote that never ends.',
  why: `Wrangler appends the statement that records the migration to the text of the file. A comment that is still open swallows it:
the file is applied and not recorded, and applied again with the next run. An open quote swallows it too, and all fails.`,
  bad: [`${table}\n/* the tags of posts`],
  good: [`${table}\n/* the tags of posts */`],
  check({ file, tokens, content, report }) {
    const last = tokens.at(-1);
    const open = content.find(({ code }) => code.startsWith('unterminated-'));
    // A NUL ends quotes too, and has a rule of its own.
    if (last === undefined || open === undefined || file.text.includes('\0')) return;
    report({ at: last, message: open.message, help: open.fix });
  },
});
