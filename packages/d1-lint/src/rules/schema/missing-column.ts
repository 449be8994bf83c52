import { nearest } from 'd1-core/errors';
import type { Table, Trigger, View } from 'd1-core/schema';
import { sameName, unquote } from 'd1-core/sql';
import type { Range } from '../../engine/finding.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { isColumnAddedLater } from '../../recipes/later-files.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const view = (column: string) => `CREATE VIEW names AS SELECT ${column} FROM users;`;

export default defineRule({
  id: 'schema/missing-column',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A view or a trigger names a column that is not there.',
  why: `D1 creates a view or a trigger without looking whether the columns in it are there, and drops a table without looking who
reads it. Reading the view fails, and so does every write that fires the trigger. From then on each ALTER TABLE … RENAME and
DROP COLUMN of any table fails too: SQLite reads all views and triggers before it renames anything.`,
  bad: [
    `${users}\n${view('nmae')}`,
    `${users}\nCREATE TRIGGER users_log AFTER INSERT ON users BEGIN\n  UPDATE users SET name = new.title WHERE id = new.id;\nEND;`,
  ],
  good: [
    `${users}\n${view('name')}`,
    {
      '0001_names.sql': `${users}\n${view('title')}`,
      '0002_title.sql': 'ALTER TABLE users ADD COLUMN title TEXT;',
    },
  ],
  check(context) {
    const { statements, after, before, faultOf } = context;
    // What D1 rolls back leaves nothing broken.
    if (statements.some(({ replay }) => replay.outcome === 'failed')) return;
    for (const statement of statements) {
      const object = created(statement, after);
      const column = object === undefined ? undefined : missingColumn(faultOf(object));
      if (object === undefined || column === undefined || isColumnAddedLater(column, context)) continue;
      const at = statement.tokens.find(({ text }) => sameName(unquote(text), column));
      // Another trigger of the table may be the one that is broken.
      if (at !== undefined) report(context, object, column, at);
    }
    const dropped = statements.findLast(({ tree }) => tree?.is('DropStmt') === true);
    if (dropped === undefined) return;
    for (const object of before.objects()) {
      if (object.kind !== 'view' && object.kind !== 'trigger') continue;
      if (after[object.kind](object.name)?.sql !== object.sql) continue;
      const column = missingColumn(faultOf(object));
      if (column !== undefined && isGone(column, context)) report(context, object, column, dropped);
    }
  },
});

function created({ tree, replay }: LintStatement, after: RuleContext['after']): View | Trigger | undefined {
  const name = tree?.createdName?.text;
  if (name === undefined || replay.outcome !== 'done') return undefined;
  if (tree?.is('CreateViewStmt') === true) return after.view(name);
  return tree?.is('CreateTriggerStmt') === true ? after.trigger(name) : undefined;
}

/** Of `no such column: new.title`, the last name. */
const missingColumn = (fault: string | undefined): string | undefined =>
  /^no such column: (?:.*\.)?(.+?)(?: - should this be .*)?$/.exec(fault ?? '')?.[1];

/** Whether a table had the column before the file, and has it no more. */
const isGone = (column: string, { before, after }: RuleContext): boolean =>
  before.tables().some((table) => {
    const now = after.table(table.name);
    return has(table, column) && now !== undefined && !has(now, column);
  });

const has = ({ columns }: Table, column: string): boolean =>
  columns.some(({ name }) => sameName(name, column));

function report(context: RuleContext, { kind, name }: View | Trigger, column: string, at: Range): void {
  const known = context.after.tables().flatMap(({ columns }) => columns.map((one) => one.name));
  const meant = nearest(column, known);
  context.report({
    at,
    message: `${kind} ${name} names the column ${column}, which is not there: ${kind === 'view' ? 'reading it' : 'every write that fires it'} fails, and so does a later ALTER TABLE.`,
    help:
      meant === undefined
        ? `Drop ${name} and create it again without ${column}, or add the column in this file.`
        : `Did you mean ${meant}?`,
  });
}
