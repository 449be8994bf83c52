import { nearest } from 'd1-core/errors';
import { foldName, type Name, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { isMadeLater } from '../../recipes/later-files.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const view = (table: string) => `CREATE VIEW names AS SELECT name FROM ${table};`;

export default defineRule({
  id: 'schema/missing-table',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A view or a trigger names a table that was never created.',
  why: `D1 creates a view or a trigger without looking whether the tables in it are there. Reading the view fails, and so does every
write that fires the trigger. Worse, from then on each ALTER TABLE … RENAME and DROP COLUMN of any table fails, in a migration
that has nothing to do with it: SQLite reads all views and triggers before it renames anything.`,
  bad: [
    `${users}\n${view('user')}`,
    `${users}\nCREATE TRIGGER users_log AFTER INSERT ON users BEGIN\n  INSERT INTO log (text) VALUES (new.name);\nEND;`,
  ],
  good: [
    `${users}\n${view('users')}`,
    `${view('users')}\n${users}`,
    { '0001_names.sql': view('users'), '0002_users.sql': users },
  ],
  check(context) {
    for (const statement of context.statements) {
      const object = createdObject(statement);
      if (object === undefined || !isThere(object, context)) continue;
      for (const name of missingTables(object.tree, context)) {
        const meant = nearest(
          name.text,
          context.after.tables().map((table) => table.name),
        );
        context.report({
          at: name,
          message: `${object.kind} ${object.name} names ${name.text}, and there is no such table: ${object.kind === 'view' ? 'reading it' : 'every write that fires it'} fails, and so does a later ALTER TABLE.`,
          help:
            meant === undefined
              ? `Create ${name.text} in this file or before it, or correct the name.`
              : `Did you mean ${meant}?`,
        });
      }
    }
  },
});

interface CreatedObject {
  readonly kind: 'view' | 'trigger';
  readonly name: string;
  readonly tree: SyntaxNode;
}

function createdObject({ tree, replay }: LintStatement): CreatedObject | undefined {
  if (tree === undefined || replay.outcome !== 'done') return undefined;
  const kind = tree.is('CreateViewStmt') ? 'view' : tree.is('CreateTriggerStmt') ? 'trigger' : undefined;
  const name = tree.createdName;
  return kind === undefined || name === undefined ? undefined : { kind, name: name.text, tree };
}

const isThere = ({ kind, name }: CreatedObject, { after }: RuleContext): boolean =>
  (kind === 'view' ? after.view(name) : after.trigger(name)) !== undefined;

/** Each once. A name with arguments is a function, and SQLite itself has tables of its own. */
function missingTables(tree: SyntaxNode, context: RuleContext): readonly Name[] {
  const { after, everHad } = context;
  const ctes = tree.all('CteDefinition').map((one) => foldName(one.cteName.text));
  const missing = tree
    .all('TableRef')
    .filter((one) => one.argList === undefined)
    .flatMap((one) => one.tableName)
    .filter(({ text }) => !ctes.includes(foldName(text)) && !/^(sqlite|pragma)_/i.test(text))
    .filter(({ text }) => after.table(text) === undefined && after.view(text) === undefined)
    // One that was dropped is the matter of another rule.
    .filter(({ text }) => !everHad(text) && !isMadeLater(text, context));
  return [...new Map(missing.map((name) => [foldName(name.text), name])).values()];
}
