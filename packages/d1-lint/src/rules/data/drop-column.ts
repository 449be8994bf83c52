import { columnOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';

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
  check({ statements, before, report }) {
    for (const { tree } of statements) {
      if (tree?.word('op') !== 'DROP_COLUMN') continue;
      const column = tree.name('old_name');
      const table = before.table(tree.child('target')?.name('object_name')?.text ?? '');
      if (column === undefined || table === undefined) continue;
      const existing = columnOf(table, column.text);
      if (existing === undefined || existing.generated === 'virtual') continue;
      report({
        at: column,
        message: `What ${table.name}.${existing.name} holds is deleted, and a Worker that still reads it fails.`,
        help: `First deploy a Worker that no longer uses ${existing.name}, and back the table up. Then say so above the statement:\n-- d1-lint-disable-next-statement data/drop-column: unused since …, backed up on …`,
      });
    }
  },
});
