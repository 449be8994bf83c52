import type { Fix } from '../../engine/finding.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { declaredKeys, keyLabel, type DeclaredKey } from '../../recipes/declared-keys.ts';
import { insertAfter } from '../../recipes/insert-after.ts';
import { isIndexed } from '../../recipes/key-columns.ts';
import { createIndex } from '../../recipes/new-index.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const posts = `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  title TEXT NOT NULL
);`;
const seed = "INSERT INTO users (id, name) VALUES (1, 'Ada');";

export default defineRule({
  id: 'fk/missing-index',
  severity: 'warning',
  kind: 'policy',
  summary: 'A foreign key whose columns no index begins with.',
  why: `The parent's side of a foreign key always has an index, and the child's side has none unless you make it. Without
one, each row of the parent that is deleted, or gets another key, reads the whole child table, and D1 bills every row read.
So does each join from the parent. An index helps when it begins with the columns of the key, in any order. --fix adds it
to the last migration of the folder alone: the others may be applied, and then they never run again.`,
  bad: [{ '0001_users.sql': users, '0002_posts.sql': posts, '0003_seed.sql': seed }],
  good: [
    {
      '0001_users.sql': users,
      '0002_posts.sql': `${posts}\nCREATE INDEX posts_user_id ON posts (user_id);`,
      '0003_seed.sql': seed,
    },
    {
      '0001_users.sql': users,
      '0002_profiles.sql': 'CREATE TABLE profiles (id INTEGER PRIMARY KEY REFERENCES users (id), bio TEXT);',
    },
  ],
  check(context) {
    const { after, tokenize, report } = context;
    for (const key of declaredKeys(context)) {
      const { table, foreignKey, columns } = key;
      const [at] = columns;
      if (at === undefined || isIndexed(after, table, foreignKey.columns, tokenize)) continue;
      const sql = createIndex(after, table.name, foreignKey.columns);
      report({
        at,
        message: `No index begins with ${keyLabel(key)}: whenever a row of ${foreignKey.parent} is deleted, all of ${table.name} is read.`,
        help: `Add the index:\n${sql};`,
        fix: fixWith(sql, key, context),
      });
    }
  },
});

const fixWith = (sql: string, { settledBy }: DeclaredKey, context: RuleContext): Fix => ({
  title: 'Index the foreign key',
  edits: [insertAfter(settledBy, context, sql)],
  safe: isNewestFile(context),
});
