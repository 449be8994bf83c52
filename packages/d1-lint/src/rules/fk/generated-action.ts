import { columnOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { declaredKeys, keyLabel } from '../../recipes/declared-keys.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const events = (action: string) => `CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  data TEXT NOT NULL,
  user_id INTEGER AS (json_extract(data, '$.user')) STORED REFERENCES users (id) ${action}
);
CREATE INDEX events_user_id ON events (user_id);`;

export default defineRule({
  id: 'fk/generated-action',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  isIgnored: true,
  summary: 'A foreign key of a generated column whose action would write the column.',
  why: `D1 creates such a table without a word. But ON DELETE SET NULL or SET DEFAULT would have to write a column that computes
itself, so every DELETE from the parent fails with "cannot UPDATE generated column", even when no row references it. The same
holds for ON UPDATE with CASCADE, SET NULL or SET DEFAULT, and an UPDATE of the parent's key.`,
  bad: [`${users}\n${events('ON DELETE SET NULL')}`, `${users}\n${events('ON UPDATE CASCADE')}`],
  good: [`${users}\n${events('')}`, `${users}\n${events('ON DELETE CASCADE')}`],
  check(context) {
    for (const key of declaredKeys(context)) {
      const { table, foreignKey, parent } = key;
      const isGenerated = foreignKey.columns.some((column) => columnOf(table, column)?.generated !== 'no');
      if (!isGenerated) continue;
      const actions = [
        ...(WRITING.includes(foreignKey.onDelete) ? [`ON DELETE ${foreignKey.onDelete}`] : []),
        ...([...WRITING, 'CASCADE'].includes(foreignKey.onUpdate)
          ? [`ON UPDATE ${foreignKey.onUpdate}`]
          : []),
      ];
      if (actions.length === 0) continue;
      const failing = actions.map((action) =>
        action.startsWith('ON DELETE') ? 'DELETE from' : 'UPDATE of the key of',
      );
      context.report({
        at: parent,
        message: `${keyLabel(key)} is generated, and ${actions.join(' and ')} would write it: every ${failing.join(' and ')} ${foreignKey.parent} fails.`,
        help: `Leave ${actions.join(' and ')} out, or make ${foreignKey.columns.join(', ')} an ordinary column.`,
      });
    }
  },
});

const WRITING: readonly string[] = ['SET NULL', 'SET DEFAULT'];
