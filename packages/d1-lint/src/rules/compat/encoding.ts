import { defineRule } from '../../engine/rule.ts';

const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'compat/encoding',
  severity: 'error',
  kind: 'engine',
  summary: 'A file that is not text in UTF-8, or that holds a NUL.',
  why: `SQLite ends a statement at a NUL character, so what stands after it is missing. A file in UTF-16, as some editors of Windows
write it, is full of them. In a file in Latin-1 or another encoding wrangler reads every letter that is not ASCII as U+FFFD, and
that is what it writes into the database.`,
  bad: [{ '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'fr\0ee');" }],
  good: [{ '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'frée');" }],
  check({ file, content, report }) {
    const other = otherContent(file.bytes);
    if (other !== undefined) {
      report({ at: { start: 0, end: 0 }, ...other });
      return;
    }
    for (const { code, message, fix, at } of content) {
      if (code !== 'nul' && code !== 'invalid-utf8') continue;
      report({ at: { start: at, end: at + 1 }, message, help: fix });
    }
  },
});

/** What its first bytes say of the whole file. */
function otherContent(bytes: Uint8Array): { readonly message: string; readonly help: string } | undefined {
  const start = Buffer.from(bytes.subarray(0, 15)).toString('latin1');
  if (start === 'SQLite format 3') {
    return {
      message: 'This is a database file of SQLite, and no SQL.',
      help: 'Write its schema as SQL, or import the database in another way.',
    };
  }
  return start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff')
    ? { message: 'This file is in UTF-16, which SQLite does not read.', help: 'Save it as UTF-8.' }
    : undefined;
}
