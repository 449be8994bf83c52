import { sameName } from 'd1-core/sql';
import type { Schema, Trigger } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, renamed_at TEXT);
CREATE TRIGGER users_renamed AFTER UPDATE OF name ON users BEGIN
  UPDATE users SET renamed_at = datetime('now') WHERE id = new.id;
END;`,
};

export default defineRule({
  id: 'data/drop-trigger',
  severity: 'warning',
  kind: 'policy',
  summary: 'DROP TRIGGER takes away what kept data right.',
  why: `D1 accepts it. A trigger refuses rows that break a rule, or keeps other rows and columns up to date. Without it wrong data
gets in unseen, and creating it again later does not correct what came in meanwhile. A trigger whose table goes too, or that is
replaced in the same file, is not meant.`,
  bad: [{ ...setUp, '0002_drop.sql': 'DROP TRIGGER users_renamed;' }],
  good: [
    {
      ...setUp,
      '0002_drop.sql': `DROP TRIGGER users_renamed;
CREATE TRIGGER users_renamed AFTER UPDATE OF name ON users WHEN new.name <> old.name BEGIN
  UPDATE users SET renamed_at = datetime('now') WHERE id = new.id;
END;`,
    },
  ],
  check({ statements, before, after, report }) {
    for (const { tree } of statements) {
      if (tree?.is('DropStmt') !== true || tree.objectType !== 'TRIGGER') continue;
      const name = tree.target.objectName;
      const trigger = before.trigger(name.text);
      if (trigger === undefined || isReplaced(trigger, before, after)) continue;
      report({
        at: name,
        message: `From here on ${trigger.table} changes without ${trigger.name}.`,
        help: `Keep it, or create its successor in the same file:\n${trigger.sql};\nWhere nothing is to take its place, say so above the statement:\n-- d1-lint-disable-next-statement data/drop-trigger: …`,
      });
    }
  },
});

/** Or created again. Another one of the table may do its work, whatever its name. */
function isReplaced({ name: own, table }: Trigger, before: Schema, after: Schema): boolean {
  const isGone = (after.table(table) ?? after.view(table)) === undefined;
  if (isGone || after.trigger(own) !== undefined) return true;
  const old = before.triggersOf(table);
  return after
    .triggersOf(table)
    .some((trigger) => !old.some(({ name, sql }) => sameName(name, trigger.name) && sql === trigger.sql));
}
