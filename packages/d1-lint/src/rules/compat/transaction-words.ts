import { defineRule } from '../../engine/rule.ts';

const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/transaction-words',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'The words BEGIN TRANSACTION in a comment or a text, for which wrangler refuses the file.',
  why: `For a local database wrangler looks for the words "BEGIN TRANSACTION" in the text of the whole file, in capitals and with one
space between them. It does not ask where they stand: a comment is enough. The first "BEGIN TRANSACTION;" it takes out, with the first
"COMMIT;"; where the words are still there it refuses the file, "as it contains several transactions". So no local database can be
made from the folder. A remote one would take the file.`,
  bad: [`-- Needs no BEGIN TRANSACTION: D1 has its own.\n${tags}`],
  good: [`-- Needs no begin transaction: D1 has its own.\n${tags}`],
  check({ content, tokens, report }) {
    for (const { code, message, fix, at } of content) {
      if (code !== 'transaction-words') continue;
      const range = { start: at, end: at + WORDS.length };
      const isComment = tokens.some(({ kind, start, end }) => kind === 'comment' && start <= at && at < end);
      const title = 'Write the words in lower case';
      report({
        at: range,
        message,
        help: fix,
        fix: isComment ? { title, edits: [{ ...range, text: WORDS.toLowerCase() }], safe: true } : undefined,
      });
    }
  },
});

const WORDS = 'BEGIN TRANSACTION';
