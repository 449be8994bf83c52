import { columnOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { identifier } from 'd1-core/sql';
import { alteredTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
};

export default defineRule({
  id: 'safety/rename-column',
  severity: 'warning',
  kind: 'policy',
  summary: 'Renaming a column breaks the Worker that still runs.',
  why: `D1 accepts it. But a migration and the deployment of a Worker never happen at one moment: until the new Worker runs
everywhere, the old one asks for the old name and fails, and the new one fails when it is there first. Two releases, with
both columns between them, have no such moment.`,
  bad: [{ ...setUp, '0002_name.sql': 'ALTER TABLE users RENAME COLUMN name TO full_name;' }],
  good: [
    {
      ...setUp,
      '0002_name.sql': `ALTER TABLE users ADD COLUMN full_name TEXT;
UPDATE users SET full_name = name WHERE full_name IS NULL;`,
    },
  ],
  check(context) {
    const tables = followTables(context);
    for (const statement of context.statements) {
      const name = alteredTable(statement, 'RENAME_COLUMN');
      const [from, to] = [statement.tree?.oldName, statement.tree?.newName];
      const table = name === undefined ? undefined : tables.at(statement, name.text)?.existing;
      if (from === undefined || to === undefined || table === undefined) continue;
      const column = columnOf(table, from.text);
      const end = context.after.table(table.name);
      const isBack = end !== undefined && columnOf(end, from.text) !== undefined;
      if (column === undefined || isBack || statement.replay.outcome === 'failed') continue;
      const [own, old, next] = [table.name, from.text, to.text].map(identifier);
      const type = column.type === '' ? '' : ` ${column.type}`;
      context.report({
        at: from,
        message: `Until the new Worker runs everywhere, the old one asks for ${table.name}.${from.text} and fails.`,
        help: `Add the new column, let the Worker write both, and drop the old one in a later release:\nALTER TABLE ${own} ADD COLUMN ${next}${type};\nUPDATE ${own} SET ${next} = ${old} WHERE ${next} IS NULL;`,
      });
    }
  },
});
