import { sameName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { followTables, type FollowedTable } from '../../recipes/follow-tables.ts';
import { readsTable } from '../../recipes/reads-table.ts';
import { rebuildsOf, safeRebuild } from '../../recipes/rebuilds.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';
import { renamedTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_posts.sql': `CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);`,
  '0003_seed_users.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
  '0004_seed_posts.sql': 'INSERT INTO posts (id, user_id) VALUES (1, 1);',
};

export default defineRule({
  id: 'safety/rebuild-rename-order',
  severity: 'error',
  kind: 'engine',
  summary: 'A rebuild that renames the old table away takes foreign keys, views and triggers with it.',
  why: `RENAME TO rewrites everything that names the table: after "ALTER TABLE users RENAME TO users_old" the foreign keys
of other tables, the views and the triggers mean users_old, and the new users has none of them. In the example Grace is
no user to posts. When users_old is dropped, D1 refuses that because of the rows that reference it, or leaves the foreign
key pointing at nothing, and then refuses every row of posts.`,
  bad: [
    {
      ...setUp,
      '0005_bio.sql': `ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
INSERT INTO users (id, name) VALUES (2, 'Grace');
INSERT INTO posts (id, user_id) VALUES (2, 2);`,
    },
  ],
  good: [
    {
      ...setUp,
      '0005_bio.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO new_users (id, name) SELECT id, name FROM users;
CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES new_users (id));
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);`,
    },
  ],
  check(context) {
    const tables = followTables(context);
    for (const followed of tables.touched) {
      const { existing: table, renamed } = followed;
      const [first] = renamed;
      const names = first === undefined ? undefined : renamedTable(first);
      if (table === undefined || names === undefined) continue;
      if (tables.atEnd(table.name)?.created === undefined) continue;
      const followers = followersOf(followed, context);
      if (followers.length === 0) continue;
      const rebuild = rebuildsOf(context).find((one) => one.existing === table);
      const safe = rebuild === undefined ? undefined : safeRebuild(rebuild, context);
      context.report({
        at: names.from,
        message: `This makes ${followers.join(', ')} point to ${names.to.text}, and not to the new ${table.name}.`,
        help:
          safe === undefined
            ? `Create the new table under another name, copy, drop ${table.name}, and rename the new one last.`
            : `Create the new table under another name, and rename it last. In place of the statements of this rebuild write:\n${sqlBlock(safe)}`,
      });
    }
  },
});

/** What names the table under its last name at the end of the file. */
function followersOf({ existing, renamed }: FollowedTable, context: RuleContext): readonly string[] {
  const { after, before, tokenize } = context;
  const last = renamed.at(-1);
  const name = last === undefined ? undefined : renamedTable(last)?.to.text;
  if (existing === undefined || name === undefined) return [];
  const children = after
    .referencesTo(name)
    .map(({ child }) => child.name)
    .filter((child) => !sameName(child, name) && !sameName(child, existing.name))
    .filter((child) => before.table(child) !== undefined);
  const others = after
    .objects()
    .filter((object) => object.kind === 'view' || object.kind === 'trigger')
    .filter((object) => object.kind === 'view' || !sameName(object.table, name))
    .filter(({ sql }) => readsTable(sql, name, tokenize));
  return [
    ...[...new Set(children)].map((child) => `the foreign key of ${child}`),
    ...others.map(({ kind, name: own }) => `${kind} ${own}`),
  ];
}
