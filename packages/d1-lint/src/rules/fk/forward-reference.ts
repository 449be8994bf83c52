import { sameName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { declaredKeys } from '../../recipes/declared-keys.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const posts = `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id)
);
CREATE INDEX posts_user_id ON posts (user_id);`;

export default defineRule({
  id: 'fk/forward-reference',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A table that is created before the table it references.',
  why: `D1 accepts it. But "wrangler d1 export" writes tables in the order in which they were created, each followed by its
rows, and on import the rows of the child come before the table of their parent: the import fails. Generators that sort
tables by name often write this order.`,
  bad: [`${posts}\n${users}`],
  good: [`${users}\n${posts}`],
  check(context) {
    for (const { statement, tableName, table, foreignKey, parent } of declaredKeys(context)) {
      if (!statement.tree?.is('CreateTableStmt') || sameName(parent.text, tableName)) continue;
      if (statement.before.table(parent.text) !== undefined) continue;
      if (context.after.table(foreignKey.parent) === undefined) continue;
      context.report({
        at: parent,
        message: `${table.name} is created before ${foreignKey.parent}, which it references, so an export of the database cannot be imported as it is.`,
        help: `Move CREATE TABLE ${foreignKey.parent} before CREATE TABLE ${table.name}.`,
      });
    }
  },
});
