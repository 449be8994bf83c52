import { primaryKeyOf, type ForeignKey } from 'd1-core/schema';
import { sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { targetColumns } from '../../recipes/copied-columns.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const tables = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);`;
const users = "INSERT INTO users (id, name) VALUES (1, 'Ada');";
const posts = 'INSERT INTO posts (id, user_id) VALUES (1, 1);';

export default defineRule({
  id: 'data/fk-violations-after',
  severity: 'error',
  kind: 'engine',
  summary: 'A row references a table that is still empty.',
  why: `D1 always checks foreign keys, at the end of each statement. A row that references a table which the same file has
created and not filled yet is refused with "FOREIGN KEY constraint failed". Only with PRAGMA defer_foreign_keys = ON, or a
key that is DEFERRABLE INITIALLY DEFERRED, may the parent come later in the file.`,
  bad: [`${tables}\n${posts}\n${users}`, `${tables}\n${posts}`],
  good: [`${tables}\n${users}\n${posts}`, `PRAGMA defer_foreign_keys = ON;\n${tables}\n${posts}\n${users}`],
  check(context) {
    for (const statement of context.statements) {
      const name = writtenTable(statement);
      const source = statement.tree?.is('InsertStmt') === true ? statement.tree.source : undefined;
      const child = statement.before.table(name?.text ?? '');
      if (name === undefined || child === undefined || source?.is('ValuesClause') !== true) continue;
      const key = child.foreignKeys.find(
        (one) => !sameName(one.parent, child.name) && isBroken(one, statement, source, context),
      );
      if (key === undefined) continue;
      const later = fillsOf(key.parent, context).some(({ index }) => index > statement.index);
      context.report({
        at: name,
        message: `${child.name}.${key.columns.join(', ')} references ${key.parent}, which has no rows yet: D1 refuses this with "FOREIGN KEY constraint failed".`,
        help: later
          ? `Insert into ${key.parent} first. Where both reference each other, begin the file with:\nPRAGMA defer_foreign_keys = ON;`
          : `Insert the rows of ${key.parent} first:\nINSERT INTO ${key.parent} (${(key.parentColumns ?? keyOf(key, context)).join(', ')}, …) VALUES (…);`,
      });
    }
  },
});

const keyOf = ({ parent }: ForeignKey, { after }: RuleContext): readonly string[] => {
  const table = after.table(parent);
  return table === undefined ? [] : primaryKeyOf(table);
};

/** Only a parent that the file itself creates is known to be empty. */
function isBroken(
  { columns, parent }: ForeignKey,
  statement: LintStatement,
  values: SyntaxNode,
  context: RuleContext,
): boolean {
  const followed = followTables(context).at(statement, parent);
  if (followed?.created === undefined || followed.created.by.tree?.asSelect !== undefined) return false;
  const isFilled = fillsOf(parent, context).some(({ index }) => index < statement.index);
  if (isFilled || followed.renamed.length > 0 || mayBeDeferred(statement, context)) return false;
  const targets = targetColumns(statement).map(({ target }) => target);
  const places = columns.map((column) => targets.findIndex((target) => sameName(target, column)));
  return values.rows.some((row) => {
    const cells = row.items();
    return places.every((place) => isValue(cells[place]));
  });
}

/** A literal that is not NULL. */
const isValue = (cell: SyntaxNode | undefined): boolean =>
  cell?.is('Literal') === true && ['INTEGER', 'FLOAT', 'STRING', 'BLOB'].includes(cell.literalType ?? '');

/** The statements that may put rows into a table; a trigger that does so counts from where it is created. */
const fillsOf = (table: string, { statements }: Pick<RuleContext, 'statements'>): readonly LintStatement[] =>
  statements.filter(
    ({ tree }) => tree?.all('InsertStmt').some((one) => sameName(one.table.tableName.text, table)) === true,
  );

/** A later check needs the whole file, and rows that no one knows. */
const mayBeDeferred = (statement: LintStatement, { statements }: RuleContext): boolean =>
  statements.some(
    ({ tree, index }) =>
      (index < statement.index && tree?.pragmaName?.text.toLowerCase() === 'defer_foreign_keys') ||
      (tree?.is('CreateTableStmt') === true &&
        tree.all('ForeignKeyClause').some((key) => key.initialDefer !== 'UNSET')),
  );
