import { commandLine } from 'd1-core/door';
import { announcements } from 'd1-core/loss';
import { defineRule } from '../../engine/rule.ts';
import type { Finding } from '../../engine/finding.ts';
import type { SeenLoss } from '../../engine/rule.ts';

const setUp = {
  '0001_tables.sql': `CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, account INTEGER NOT NULL);
CREATE TRIGGER accounts_renamed AFTER UPDATE OF name ON accounts BEGIN
  DELETE FROM sessions WHERE account = NEW.id;
END;`,
  '0002_seed.sql': `INSERT INTO accounts (id, name) VALUES (1, 'ada');
INSERT INTO sessions (id, account) VALUES (1, 1);`,
};

export default defineRule({
  id: 'data/unannounced-loss',
  severity: 'error',
  kind: 'data',
  stage: 'rows',
  needs: 'rows',
  summary: 'The file was run on tables with rows, and some are gone that no statement speaks of.',
  why: `A file that can touch rows is run in memory on tables with two rows each, then with rows that its conditions find, and
every cell is compared. What a statement says itself is meant: the rows of a DELETE, the columns of a SET. What else is gone, or has
another value, is a side effect: of a trigger, a foreign key, a constraint, or of a copy that leaves something out. A few rows show
many losses and not all of them: d1-migrate plan does the same with the rows of your database.`,
  bad: [{ ...setUp, '0003_names.sql': "UPDATE accounts SET name = upper(name) WHERE name <> '';" }],
  good: [{ ...setUp, '0003_mails.sql': "UPDATE accounts SET mail = lower(mail) WHERE mail <> '';" }],
  check({ trial, findings, silenced, report }) {
    const known = [...findings, ...silenced].filter(({ kind }) => kind === 'data');
    const open = (trial?.losses ?? []).filter((loss) => !known.some((finding) => explains(finding, loss)));
    for (const [statement, losses] of Map.groupBy(open, (loss) => loss.statement)) {
      const lines = announcements(losses);
      report({
        at: { start: statement.start, end: statement.end },
        message: `Run on tables with rows, this statement does more than it says: ${losses.map(phrase).join('; ')}.`,
        help: `See with "${commandLine('d1-migrate:plan')}" what becomes of your rows. Where that is meant, say so above the statement:\n${lines.join('\n')}`,
      });
    }
  },
});

/** Of a known form its own rule says more: at the statement, or about the table. */
const explains = (
  { range, message }: Pick<Finding, 'range' | 'message'>,
  { table, statement }: SeenLoss,
): boolean =>
  (statement.start <= range.start && range.end <= statement.end) ||
  (/^\w+$/.test(table) ? message.split(/[^\p{L}\p{N}_$]+/u) : message).includes(table);

function phrase({ what, table, column, count, before }: SeenLoss): string {
  const many = `${count} of ${before}`;
  if (what === 'values') return `in ${table}.${column} ${many} values are others now, or gone`;
  if (what === 'twice') return `${many} rows of ${table} are there twice now`;
  return `${many} rows of ${table} are gone`;
}
