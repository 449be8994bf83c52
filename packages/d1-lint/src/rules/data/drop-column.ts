import { defineRule } from '../../engine/rule.ts';
import { existingColumn } from '../../recipes/existing-rows.ts';
import { alteredTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  phone TEXT,
  name_length INTEGER AS (length(name)) VIRTUAL
);`,
  '0002_seed.sql': "INSERT INTO users (id, name, phone) VALUES (1, 'Ada', '+44 1');",
};

export default defineRule({
  id: 'data/drop-column',
  severity: 'error',
  kind: 'data',
  summary: 'DROP COLUMN deletes what an existing column holds.',
  why: `D1 cannot bring one column back, and between the migration and the deployment the old Worker still asks for it and
fails. A VIRTUAL generated column holds nothing and is not meant.`,
  bad: [{ ...setUp, '0003_drop_phone.sql': 'ALTER TABLE users DROP COLUMN phone;' }],
  good: [{ ...setUp, '0003_drop_length.sql': 'ALTER TABLE users DROP COLUMN name_length;' }],
  check(context) {
    for (const statement of context.statements) {
      const table = alteredTable(statement, 'DROP_COLUMN');
      const column = statement.tree?.oldName;
      if (column === undefined || table === undefined) continue;
      const existing = existingColumn(table.text, column.text, statement, context);
      if (existing === undefined || existing.generated === 'virtual') continue;
      context.report({
        at: column,
        message: `What ${table.text}.${column.text} holds is deleted, and a Worker that still reads it fails.`,
        help: `First deploy a Worker that no longer uses ${column.text}, and back the table up. Then say so above the statement:\n-- d1-lint-disable-next-statement data/drop-column: unused since …, backed up on …`,
      });
    }
  },
});
