import { defineRule } from '../../engine/rule.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { identifier, identifiers } from 'd1-core/sql';
import { renamedTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_people.sql': 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);',
};

export default defineRule({
  id: 'safety/rename-table',
  severity: 'warning',
  kind: 'policy',
  summary: 'Renaming a table breaks the Worker that still runs.',
  why: `D1 accepts it. But a migration and the deployment of a Worker never happen at one moment: until the new Worker runs
everywhere, the old one asks for the old name and fails. A view of the old name keeps its reads working; INSTEAD OF
triggers can do so for its writes. A rebuild that ends under the old name is not meant.`,
  bad: [{ ...setUp, '0002_users.sql': 'ALTER TABLE people RENAME TO users;' }],
  good: [
    {
      ...setUp,
      '0002_users.sql': `ALTER TABLE people RENAME TO users;
CREATE VIEW people AS SELECT id, name FROM users;`,
    },
  ],
  check(context) {
    const { after, statements } = context;
    const tables = followTables(context);
    for (const statement of statements) {
      const names = renamedTable(statement);
      if (names === undefined || statement.replay.outcome === 'failed') continue;
      const followed = tables.at(statement, names.from.text);
      const table = followed?.existing;
      if (table === undefined || followed?.renamed[0] !== statement) continue;
      if ((tables.atEnd(table.name) ?? after.view(table.name)) !== undefined) continue;
      const last = after.table(names.to.text);
      if (followed.dropped !== undefined && last === undefined) continue;
      const columns = identifiers(writableColumns(last ?? table));
      context.report({
        at: names.from,
        message: `Until the new Worker runs everywhere, the old one asks for ${table.name} and fails.`,
        help: `Leave a view behind, for what the old Worker reads, and drop it in a later release:\nCREATE VIEW ${identifier(table.name)} AS SELECT ${columns} FROM ${identifier(names.to.text)};`,
      });
    }
  },
});
