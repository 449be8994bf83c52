import { defineRule } from '../../engine/rule.ts';
import { identifier } from 'd1-core/sql';

const users = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE VIEW names AS SELECT name FROM users;`;

export default defineRule({
  id: 'schema/instead-of-trigger',
  severity: 'info',
  kind: 'policy',
  summary: 'A trigger on a view, which makes exports that cannot be imported.',
  why: `D1 accepts it. But wrangler d1 export writes all triggers before the first view, and a trigger on a view that is not
there yet is an error: the file that it gives cannot be imported as it is. A Worker can write to the tables itself.`,
  bad: [
    `${users}
CREATE TRIGGER names_insert INSTEAD OF INSERT ON names BEGIN
  INSERT INTO users (name) VALUES (new.name);
END;`,
  ],
  good: [
    `${users}
CREATE TRIGGER users_insert AFTER INSERT ON users BEGIN
  UPDATE users SET name = 'nobody' WHERE id = new.id AND name = '';
END;`,
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      if (tree?.is('CreateTriggerStmt') !== true || tree.timing !== 'INSTEAD_OF') continue;
      const name = tree.triggerName;
      const view = tree.table.objectName.text;
      report({
        at: name,
        message: `wrangler d1 export writes the trigger ${name.text} before its view ${view}, so its file cannot be imported.`,
        help: `Let the Worker write to the tables behind ${identifier(view)}, or back up with d1-backup:backup, which keeps the order.`,
      });
    }
  },
});
