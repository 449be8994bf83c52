import { nearest } from 'd1-core/errors';
import { identifier, sameName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { declaredKeys, keyLabel, type DeclaredKey } from '../../recipes/declared-keys.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { isMadeLater, writes } from '../../recipes/later-files.ts';
import { droppedTable } from '../../recipes/statement-parts.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const posts = (parent: string) => `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES ${parent} (id)
);
CREATE INDEX posts_user_id ON posts (user_id);`;

export default defineRule({
  id: 'fk/missing-parent',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A foreign key to a table that is not there when rows are written.',
  why: `D1 creates such a table without a word. As long as the parent is missing, every INSERT into the child fails with "no
such table", also when the key is NULL. Mostly the name is misspelt. A parent that a later file creates is no trouble, as long as no
file writes the child before.`,
  bad: [{ '0001_users.sql': users, '0002_posts.sql': posts('usres') }],
  good: [
    { '0001_users.sql': users, '0002_posts.sql': posts('users') },
    `${posts('users')}\n${users}`,
    { '0001_posts.sql': posts('users'), '0002_users.sql': users },
  ],
  check(context) {
    const { before, after, statements, wasTakenBack, report } = context;
    const tables = followTables(context);
    // A table that a file means to make, and does not because a statement fails, is no second trouble.
    const isThere = (name: string) =>
      (after.table(name) ?? tables.atEnd(name)) !== undefined || wasTakenBack(name);
    const declared = declaredKeys(context);
    for (const key of declared) {
      const { parent } = key.foreignKey;
      if (isThere(parent) || comesInTime(parent, key, context)) continue;
      report({
        at: key.parent,
        message: `${keyLabel(key)} references ${parent}, ${after.view(parent) === undefined ? 'and there is no such table' : 'which is a view'}: every INSERT into ${key.table.name} fails.`,
        help: adviceFor(parent, context),
      });
    }
    for (const statement of statements) {
      const dropped = statement.replay.outcome === 'done' ? droppedTable(statement) : undefined;
      // A name that only this file knows is a step of a rebuild, which has rules of its own.
      if (dropped === undefined || before.table(dropped.text) === undefined) continue;
      if (isThere(dropped.text)) continue;
      const orphans = after
        .referencesTo(dropped.text)
        .filter(({ child }) => !declared.some((key) => sameName(key.table.name, child.name)));
      for (const { child, foreignKey } of orphans) {
        report({
          at: dropped,
          message: `${keyLabel({ table: child, foreignKey })} still references ${dropped.text}: without it every INSERT into ${child.name} fails.`,
          help: `Rebuild ${child.name} without this foreign key before ${dropped.text} is dropped.`,
        });
      }
    }
  },
});

function adviceFor(parent: string, { after }: RuleContext): string {
  const meant = nearest(
    parent,
    after.tables().map(({ name }) => name),
  );
  return meant === undefined
    ? `Create ${parent} in this file or before it, or correct the name.`
    : `Did you mean ${meant}?\nREFERENCES ${identifier(meant)}`;
}

/** Whether a later file makes the parent before any has written the child. */
const comesInTime = (parent: string, { table, statement }: DeclaredKey, context: RuleContext): boolean =>
  !context.statements.slice(statement.index + 1).some(({ tokens }) => writes(tokens, table.name)) &&
  isMadeLater(parent, context, table.name);
