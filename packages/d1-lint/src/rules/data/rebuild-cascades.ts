import { primaryKeyOf, type ForeignKey, type Table } from 'd1-core/schema';
import { identifier, sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { mayHaveRows, refersToNone } from '../../recipes/child-rows.ts';
import { targetColumns, writableColumns } from '../../recipes/copied-columns.ts';
import { copiedRows } from '../../recipes/copied-rows.ts';
import { filledTable, followTables, type FollowedTable } from '../../recipes/follow-tables.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { writtenColumns } from '../../recipes/kept-columns.ts';
import { rebuildsOf, safeRebuild } from '../../recipes/rebuilds.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';
import { droppedTable, writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_posts.sql': `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title TEXT NOT NULL
);
CREATE INDEX posts_user_id ON posts (user_id);`,
  '0003_seed_users.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
  '0004_seed_posts.sql': "INSERT INTO posts (id, user_id, title) VALUES (1, 1, 'First');",
};

const newUsers = `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT NOT NULL DEFAULT '');
INSERT INTO new_users (id, name) SELECT id, name FROM users;`;

export default defineRule({
  id: 'data/rebuild-cascades',
  severity: 'error',
  kind: 'data',
  summary: 'Dropping a parent table deletes or blanks the rows of its children.',
  why: `DROP TABLE first deletes all rows, and that fires the foreign keys of other tables: with ON DELETE CASCADE their rows
are deleted, with SET NULL and SET DEFAULT their keys are lost. PRAGMA foreign_keys = OFF does nothing in a migration,
and PRAGMA defer_foreign_keys puts off the check, not the action. The migration succeeds, wrangler prints a green tick,
and PRAGMA foreign_key_check finds nothing, because nothing is left that could be wrong. Drizzle Kit and Prisma generate
rebuilds of this form.`,
  bad: [
    {
      ...setUp,
      '0005_add_bio.sql': `${newUsers}
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0005_add_bio.sql': `${newUsers}
CREATE TABLE new_posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES new_users (id) ON DELETE CASCADE,
  title TEXT NOT NULL
);
INSERT INTO new_posts (id, user_id, title) SELECT id, user_id, title FROM posts;
DROP TABLE posts;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);`,
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      const name = droppedTable(statement);
      const table = name === undefined ? undefined : statement.before.table(name.text);
      if (name === undefined || table === undefined) continue;
      const losses = statement.before
        .referencesTo(table.name)
        .filter(({ child, foreignKey }) => loses(foreignKey) && !sameName(child.name, table.name))
        .filter((reference) => !refersToNone(reference, statement, context))
        .filter(
          (reference) =>
            mayHaveRows(reference.child.name, statement, context) &&
            !isRestored(reference, statement, context) &&
            !isRebuiltToo(reference.child, statement, context),
        );
      if (losses.length === 0) continue;
      report(table, statement, losses, context, name);
    }
  },
});

type Reference = { readonly child: Table; readonly foreignKey: ForeignKey };

function report(
  table: Table,
  statement: LintStatement,
  losses: readonly Reference[],
  context: RuleContext,
  at: { readonly start: number; readonly end: number },
): void {
  const effects = losses.map(({ child, foreignKey }) => effectOn(child, foreignKey)).join(', and ');
  const rebuild = rebuildsOf(context).find(({ drop }) => drop === statement);
  const safe = rebuild === undefined ? undefined : safeRebuild(rebuild, context);
  context.report({
    at,
    message: `DROP TABLE ${identifier(table.name)} deletes its rows first: ${effects}. The migration succeeds all the same.${rebuild === undefined ? '' : generatedBy(rebuild, context)}`,
    help:
      safe === undefined
        ? `First rebuild ${losses.map(({ child }) => child.name).join(', ')} without the foreign key to ${table.name}, then drop it.`
        : `Rebuild the children in the same file, and drop them first. In place of the statements of this rebuild write:\n${sqlBlock(safe)}`,
  });
}

const loses = ({ onDelete }: ForeignKey): boolean =>
  onDelete === 'CASCADE' || onDelete === 'SET NULL' || onDelete === 'SET DEFAULT';

function effectOn(child: Table, { columns, onDelete }: ForeignKey): string {
  const keys = columns.map((column) => `${child.name}.${column}`).join(', ');
  switch (onDelete) {
    case 'CASCADE':
      return `every row of ${child.name} that references it goes too (ON DELETE CASCADE)`;
    case 'SET NULL':
      return `${keys} becomes NULL (ON DELETE SET NULL)`;
    default:
      return `${keys} becomes its default (ON DELETE SET DEFAULT)`;
  }
}

/** Whether the rows that are deleted are old ones, of a table that the same file rebuilds and has copied. */
const isRebuiltToo = (child: Table, dropped: LintStatement, context: RuleContext): boolean =>
  rebuildsOf(context).some(
    ({ table, drop, copies }) =>
      sameName(table.name, child.name) &&
      drop.index > dropped.index &&
      copies.length > 0 &&
      copies.every(({ index }) => index < dropped.index),
  );

/** Whether the file keeps a copy of all that the child loses, and writes it back from there afterwards. */
function isRestored({ child, foreignKey }: Reference, dropped: LintStatement, context: RuleContext): boolean {
  const tables = followTables(context);
  const own = tables.at(dropped, child.name);
  const lost = foreignKey.onDelete === 'CASCADE' ? writableColumns(child) : foreignKey.columns;
  const isOf = (table: FollowedTable | undefined, statement: LintStatement) => (name: string) =>
    table !== undefined && tables.at(statement, name) === table;
  const isComplete = (names: readonly string[]) =>
    lost.every((column) => names.some((name) => sameName(name, column)));

  const keeps = context.statements.slice(0, dropped.index).flatMap((statement) => {
    const isMeant = isOf(own, statement);
    const passes = (where: SyntaxNode) => hasReference(where, foreignKey);
    const rows = copiedRows(statement, { isMeant, passes, key: primaryKeyOf(child) });
    const columns = writtenColumns(statement).flatMap(({ madeOf }) => madeOf);
    return rows === 'all' && isComplete(columns) ? (filledTable(statement, tables) ?? []) : [];
  });
  return context.statements.slice(dropped.index + 1).some((statement) => {
    const { tree } = statement;
    const isTarget = isOf(own, statement)(writtenTable(statement)?.text ?? '');
    if (!isTarget || tree === undefined) return false;
    return keeps.some((keep) => {
      const isMeant = isOf(keep, statement);
      if (tree.is('UpdateStmt')) {
        const where = tree.where;
        const isBounded = where !== undefined && tree.from === undefined;
        const columns = writtenColumns(statement).flatMap(({ target }) => target ?? []);
        const isRead = readsAny(tree, isMeant) && (!isBounded || readsAny(where, isMeant));
        return foreignKey.onDelete !== 'CASCADE' && isRead && isComplete(columns);
      }
      // Rows that are there still need not be written again.
      const passes = (where: SyntaxNode) => readsAny(where, isOf(own, statement));
      const rows = copiedRows(statement, { isMeant, passes, key: primaryKeyOf(child) });
      const isWhole = rows === 'all' || (rows !== 'none' && /^O[RN] /.test(rows.by));
      return isWhole && isComplete(targetColumns(statement).map(({ target }) => target));
    });
  });
}

const readsAny = (node: SyntaxNode, isMeant: (name: string) => boolean): boolean =>
  node.all('TableRef').some((one) => isMeant(one.tableName.text));

/** Whether a condition is that the foreign key is not NULL: no other row loses anything. */
function hasReference(condition: SyntaxNode, { columns }: Pick<ForeignKey, 'columns'>): boolean {
  const [left, right] = [condition.left, condition.right];
  const op = condition.op ?? '';
  if (op === 'AND')
    return [left, right].every((part) => part !== undefined && hasReference(part, { columns }));
  const isNotNull =
    ['NOT_NULL', 'NOT_NULL_SPACED'].includes(op) || (op === 'IS_NOT' && right?.literalType === 'NULL');
  return isNotNull && columns.some((column) => sameName(left?.column?.text ?? '', column));
}
