import { commandLine } from 'd1-core/door';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);';

export default defineRule({
  id: 'compat/unsupported-alter',
  severity: 'error',
  kind: 'engine',
  summary: 'ALTER TABLE that would change a column or a constraint.',
  why: `D1 knows four forms: RENAME TO, RENAME COLUMN, ADD COLUMN and DROP COLUMN. The newest SQLite also adds and drops constraints
and NOT NULL, but D1 does not allow the functions on which that rests. Everything else is a rebuild of the table.`,
  bad: [
    { '0001_users.sql': users, '0002_name.sql': 'ALTER TABLE users ALTER COLUMN name SET NOT NULL;' },
    { '0001_users.sql': users, '0002_email.sql': 'ALTER TABLE users ADD CONSTRAINT email UNIQUE (email);' },
    { '0001_users.sql': users, '0002_name.sql': 'ALTER TABLE users MODIFY COLUMN name VARCHAR(20);' },
  ],
  good: [
    `${users}\nCREATE UNIQUE INDEX users_email ON users (email);`,
    { '0001_users.sql': users, '0002_bio.sql': 'ALTER TABLE users ADD COLUMN bio TEXT;' },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const form = refusedForm(statement);
      if (form === undefined) continue;
      report({
        at: form,
        message: `D1 has no ALTER TABLE … ${form.text}.`,
        help: /\bUNIQUE\b/i.test(statement.text)
          ? 'Create a unique index instead:\nCREATE UNIQUE INDEX … ON … (…);'
          : `Rebuild the table: create the new one under another name, copy the rows, drop the old one, rename. "${commandLine('d1-migrate:rebuild-table', '<table>')}" writes it.`,
      });
    }
  },
});

/** The word after the name of the table that no form of D1 has, with the one after it. */
function refusedForm({ tokens, text, start, parsed }: LintStatement) {
  const words = tokens.slice(0, 8).map((token) => token.text.toUpperCase());
  if (parsed.outcome !== 'syntax-error' || words[0] !== 'ALTER' || words[1] !== 'TABLE') return undefined;
  const at = words[3] === '.' ? 5 : 3;
  const [first, second] = [tokens[at], tokens[at + 1]];
  const isRefused =
    ['ALTER', 'MODIFY', 'CHANGE'].includes(words[at] ?? '') ||
    (['ADD', 'DROP'].includes(words[at] ?? '') && CONSTRAINTS.has(words[at + 1] ?? ''));
  if (!isRefused || first === undefined || second === undefined) return undefined;
  return {
    start: first.start,
    end: second.end,
    text: text.slice(first.start - start, second.end - start),
  };
}

const CONSTRAINTS = new Set(['CONSTRAINT', 'PRIMARY', 'FOREIGN', 'UNIQUE', 'CHECK', 'INDEX', 'KEY']);
