import { nearest } from 'd1-core/errors';
import { foldName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
CREATE INDEX users_email ON users (email);`,
};

export default defineRule({
  id: 'safety/drop-if-exists-typo',
  severity: 'warning',
  kind: 'engine',
  workerd: 'accepts',
  isIgnored: true,
  summary: 'DROP … IF EXISTS names something that never was, but something like it is there.',
  why: `With IF EXISTS, a DROP for a name that is not there does nothing. With a mistyped name the migration is recorded as
applied, and what it was to drop is still there.`,
  bad: [{ ...setUp, '0002_drop.sql': 'DROP INDEX IF EXISTS users_emial;' }],
  good: [{ ...setUp, '0002_drop.sql': 'DROP INDEX IF EXISTS users_email;' }],
  check({ statements, everHad, report }) {
    for (const { tree, before } of statements) {
      if (tree?.is('DropStmt') !== true || !tree.ifExists) continue;
      const name = tree.target.objectName;
      const kind = tree.objectType;
      if (everHad(name.text)) continue;
      const there = before.objects().filter((object) => object.kind === kind.toLowerCase());
      const meant = nearest(
        name.text,
        there
          .filter((object) => object.kind !== 'index' || object.sql !== undefined)
          .map((object) => object.name)
          .filter((other) => !isDerived(name.text, other)),
      );
      if (meant === undefined) continue;
      report({
        at: name,
        message: `No migration has ever created ${name.text}, so this does nothing. There is ${kind.toLowerCase()} ${meant}.`,
        help: 'Correct the name, or remove the statement.',
      });
    }
  },
});

/** `users_new` is the name of a helper, and no misspelt `users`. */
const isDerived = (name: string, other: string): boolean => foldName(name).includes(foldName(other));
