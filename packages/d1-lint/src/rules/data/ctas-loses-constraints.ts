import { defineRule } from '../../engine/rule.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { identifier, identifiers } from 'd1-core/sql';

const setUp = {
  '0001_users.sql': "CREATE TABLE users (id INTEGER PRIMARY KEY, plan TEXT NOT NULL DEFAULT 'free');",
};

export default defineRule({
  id: 'data/ctas-loses-constraints',
  severity: 'warning',
  kind: 'policy',
  summary: 'A table made by CREATE TABLE … AS takes the place of one that had a key and constraints.',
  why: `D1 accepts it. CREATE TABLE … AS copies names and rows, and nothing else: the new table has no primary key, no
NOT NULL, DEFAULT, CHECK or foreign key, and no column numbers itself. Foreign keys of other tables no longer find what
they reference.`,
  bad: [
    {
      ...setUp,
      '0002_rebuild.sql': `CREATE TABLE new_users AS SELECT id, plan FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0002_rebuild.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, plan TEXT NOT NULL DEFAULT 'free') STRICT;
INSERT INTO new_users (id, plan) SELECT id, plan FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  check(context) {
    for (const { table, create, createdAs } of rebuildsOf(context)) {
      if (create.tree?.asSelect === undefined) continue;
      const list = identifiers(writableColumns(table));
      const name = identifier(createdAs.text);
      context.report({
        at: createdAs,
        message: `The new ${table.name} has no primary key, and none of the constraints and defaults of the old one.`,
        help: `Write out its columns, and copy the rows in a statement of its own. It was:\n${table.sql};\nThe copy:\nINSERT INTO ${name} (${list}) SELECT ${list} FROM ${identifier(table.name)};`,
      });
    }
  },
});
