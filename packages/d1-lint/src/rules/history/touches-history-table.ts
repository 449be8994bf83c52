import { commandLine } from 'd1-core/door';
import { changedTables, isOwnTable } from 'd1-core/records';
import { defineRule } from '../../engine/rule.ts';

const tags = 'CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'history/touches-history-table',
  severity: 'error',
  kind: 'policy',
  summary: 'A migration that writes the table in which wrangler, or d1-migrate, keeps its records.',
  why: `D1 accepts it. But wrangler knows only from that table what is applied: without its row a migration runs again, and with a
row that nobody has earned it never runs. The same goes for the tables whose names begin with d1_migrate_.`,
  bad: [
    { '0001_tags.sql': tags, '0002_again.sql': "DELETE FROM d1_migrations WHERE name = '0001_tags.sql';" },
  ],
  good: [{ '0001_tags.sql': tags }],
  check({ folder, statements, report }) {
    for (const { tree } of statements) {
      const name = (tree === undefined ? [] : changedTables(tree)).find(({ text }) =>
        isOwnTable(text, folder.migrationsTable),
      );
      if (name === undefined) continue;
      report({
        at: name,
        message: `${name.text} is where the applied migrations are recorded: a migration that changes it makes wrangler run others again, or never.`,
        help: `Remove the statement. "${commandLine('d1-migrate:baseline')}" records what is applied already; a dump should be made without that table.`,
      });
    }
  },
});
