import type { ForeignKey, Table } from 'd1-core/schema';
import { sameName, significantTokens } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { mayHaveRows, refersToNone } from '../../recipes/child-rows.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { switchesForeignKeys } from '../../recipes/foreign-keys-switch.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, safeRebuild } from '../../recipes/rebuilds.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';
import { droppedTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_posts.sql': `CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);`,
  '0003_seed_users.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
  '0004_seed_posts.sql': 'INSERT INTO posts (id, user_id) VALUES (1, 1);',
};

const copy = `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO new_users (id, name) SELECT id, name FROM users;`;

const rebuild = `${copy}
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

export default defineRule({
  id: 'safety/drop-referenced-table',
  severity: 'error',
  kind: 'engine',
  summary: 'DROP TABLE of a parent fails as soon as a child row references it.',
  why: `DROP TABLE first deletes all rows, and a foreign key without an action, or with RESTRICT, refuses that: "FOREIGN KEY
constraint failed". Without child rows it succeeds, so it passes on every fresh database and fails in production. PRAGMA
foreign_keys = OFF does nothing in a migration. PRAGMA defer_foreign_keys = ON puts the refusal off to the end of the file, and
helps when the file creates the table under its own name and fills it again. When another table is renamed to it, the commit
fails all the same, unless the file switches the PRAGMA off before its end: then SQLite forgets what was to be checked. That is
right when every row was copied; where one is missing, its children stay behind without a parent, and nothing says so.`,
  bad: [
    { ...setUp, '0005_bio.sql': rebuild },
    { ...setUp, '0005_bio.sql': `PRAGMA defer_foreign_keys = ON;\n${rebuild}` },
  ],
  good: [
    {
      ...setUp,
      '0005_bio.sql': `PRAGMA defer_foreign_keys = ON;\n${rebuild}\nPRAGMA defer_foreign_keys = OFF;`,
    },
    {
      ...setUp,
      '0005_bio.sql': `PRAGMA defer_foreign_keys = ON;
CREATE TABLE keep_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO keep_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO users (id, name) SELECT id, name FROM keep_users;
DROP TABLE keep_users;`,
    },
    {
      ...setUp,
      '0005_bio.sql': `${copy}
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
    for (const statement of context.statements) {
      const name = droppedTable(statement);
      const table = statement.before.table(name?.text ?? '');
      const followed = name === undefined ? undefined : tables.at(statement, name.text);
      // Renamed away first: then safety/rebuild-rename-order says what is wrong.
      if (name === undefined || table === undefined || followed?.existing === undefined) continue;
      if (followed.renamed.length > 0 && tables.atEnd(followed.existing.name)?.created !== undefined)
        continue;
      const children = statement.before
        .referencesTo(table.name)
        .filter(({ child }) => !sameName(child.name, table.name))
        .filter((reference) => refuses(reference, table, statement, context))
        .filter((reference) => mayHaveRows(reference.child.name, statement, context))
        .filter((reference) => !refersToNone(reference, statement, context))
        .map(({ child }) => child);
      if (children.length > 0) report(name, table, statement, children, context);
    }
  },
});

type Reference = { readonly child: Table; readonly foreignKey: ForeignKey };

/**
 * With the check put off, it is settled by a table of the same name that has the rows again, or when the child is dropped
 * too. When the PRAGMA is switched off, SQLite forgets what was still to be checked.
 */
function refuses(
  { child, foreignKey }: Reference,
  table: Table,
  statement: LintStatement,
  context: RuleContext,
): boolean {
  const { onDelete } = foreignKey;
  if (onDelete !== 'RESTRICT' && onDelete !== 'NO ACTION') return false;
  const isPutOff = isPutOffAt(statement, context);
  if (!isPutOff && (onDelete === 'RESTRICT' || !isDeclaredDeferred(child, context))) return true;
  if (isForgottenAfter(statement, context)) return false;
  const tables = followTables(context);
  const successor = tables.atEnd(table.name)?.created;
  const isFilledInPlace =
    successor !== undefined &&
    successor.by.index > statement.index &&
    sameName(successor.name.text, table.name);
  const isChildDropped = tables.at(statement, child.name)?.dropped !== undefined;
  return !isFilledInPlace && !isChildDropped;
}

const switches = ({ tree }: LintStatement, to: 'on' | 'off'): boolean =>
  tree !== undefined && switchesForeignKeys(tree, to, 'defer_foreign_keys');

const isPutOffAt = ({ index }: LintStatement, { statements }: RuleContext): boolean => {
  const last = statements.slice(0, index).findLast((one) => switches(one, 'on') || switches(one, 'off'));
  return last !== undefined && switches(last, 'on');
};

const isForgottenAfter = ({ index }: LintStatement, { statements }: RuleContext): boolean =>
  statements.slice(index).some((one) => switches(one, 'off'));

/** The schema does not tell the keys of a table apart in this. */
const isDeclaredDeferred = ({ sql }: Table, { tokenize }: RuleContext): boolean =>
  significantTokens(tokenize(sql)).some(
    ({ text }, index, tokens) =>
      text.toUpperCase() === 'INITIALLY' && tokens[index + 1]?.text.toUpperCase() === 'DEFERRED',
  );

function report(
  at: { readonly start: number; readonly end: number },
  table: Table,
  statement: LintStatement,
  children: readonly Table[],
  context: RuleContext,
): void {
  const names = [...new Set(children.map(({ name }) => name))].join(', ');
  const rebuild = rebuildsOf(context).find(({ drop }) => drop === statement);
  const safe = rebuild === undefined ? undefined : safeRebuild(rebuild, context);
  context.report({
    at,
    message: `As soon as a row of ${names} references ${table.name}, D1 refuses this: DROP TABLE deletes the rows of ${table.name} first, and their foreign key forbids it.${rebuild === undefined ? '' : generatedBy(rebuild, context)}`,
    help:
      safe === undefined
        ? `First rebuild ${names} without the foreign key to ${table.name}, then drop it.`
        : `Rebuild the children in the same file, and drop them first. In place of the statements of this rebuild write:\n${sqlBlock(safe)}`,
  });
}
