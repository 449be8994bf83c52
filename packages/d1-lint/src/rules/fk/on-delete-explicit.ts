import { defineRule } from '../../engine/rule.ts';
import { declaredKeys, keyLabel } from '../../recipes/declared-keys.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const posts = (action: string) => `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id)${action}
);
CREATE INDEX posts_user_id ON posts (user_id);`;

export default defineRule({
  id: 'fk/on-delete-explicit',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A foreign key that does not say what happens when its parent is deleted.',
  why: `D1 accepts it, and takes NO ACTION: a parent that still has children cannot be deleted. That may be what is wanted, and
may have been forgotten; a later change needs a rebuild of the table. Said in words, the next reader need not guess.`,
  bad: [`${users}\n${posts('')}`],
  good: [`${users}\n${posts(' ON DELETE RESTRICT')}`, `${users}\n${posts(' ON DELETE NO ACTION')}`],
  check(context) {
    for (const key of declaredKeys(context)) {
      if (key.hasOnDelete) continue;
      context.report({
        at: key.parent,
        message: `${keyLabel(key)} does not say what a DELETE from ${key.foreignKey.parent} does; D1 refuses it then.`,
        help: 'Say it behind the reference: ON DELETE NO ACTION, RESTRICT, CASCADE or SET NULL.',
      });
    }
  },
});
