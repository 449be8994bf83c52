import type { SchemaObject } from 'd1-core/schema';
import { identifier, sameName } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { readsTable } from '../../recipes/reads-table.ts';
import { rebuildsOf, safeRebuild } from '../../recipes/rebuilds.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE VIEW user_names AS SELECT name FROM users;`,
};

const copy = `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

export default defineRule({
  id: 'safety/broken-view-or-trigger',
  severity: 'error',
  kind: 'engine',
  summary: 'A view or a trigger names a table or column that is gone.',
  why: `DROP TABLE says nothing when a view or another table's trigger names the table. The next ALTER TABLE does: SQLite
reads all views and triggers before it renames anything, and refuses with "error in view …". Where none follows, reading
the view fails from then on, and so does every write that fires the trigger.`,
  bad: [{ ...setUp, '0002_bio.sql': copy }],
  good: [
    {
      ...setUp,
      '0002_bio.sql': `DROP VIEW user_names;
${copy}
CREATE VIEW user_names AS SELECT name FROM users;`,
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      const broken = brokenBy(statement);
      if (broken !== undefined) reportRefusal(statement, broken, context);
    }
    if (context.statements.every(({ replay }) => replay.outcome !== 'failed')) reportLeftBroken(context);
  },
});

/** The view or trigger that SQLite names when it refuses an ALTER TABLE; not one that uses a column that is dropped. */
function brokenBy({ tree, replay, before }: LintStatement): SchemaObject | undefined {
  if (replay.outcome !== 'failed' || tree?.is('AlterTableStmt') !== true) return undefined;
  const [, kind, name = ''] = /^error in (view|trigger) (.+?)(?: after rename)?: /.exec(replay.message) ?? [];
  return kind === 'view' ? before.view(name) : kind === 'trigger' ? before.trigger(name) : undefined;
}

function reportRefusal(statement: LintStatement, broken: SchemaObject, context: RuleContext): void {
  const rebuild = rebuildsOf(context).find(({ last }) => last === statement);
  const safe = rebuild === undefined ? undefined : safeRebuild(rebuild, context);
  const kind = broken.kind.toUpperCase();
  const reason = statement.replay.outcome === 'failed' ? statement.replay.message : '';
  context.report({
    at: statement.tree?.target?.objectName ?? statement,
    message: `D1 refuses this because of ${broken.kind} ${broken.name}: ${reason}.${rebuild === undefined ? '' : generatedBy(rebuild, context)}`,
    help:
      safe === undefined
        ? `Drop it before this statement, and create it again at the end of the file:\nDROP ${kind} ${identifier(broken.name)};\n…\n${broken.sql ?? ''};`
        : `Drop it before the rebuild, and create it again after it. In place of the statements of this rebuild write:\n${sqlBlock(safe)}`,
  });
}

/** Views and triggers of before the file that name a table which the file has dropped for good. */
function reportLeftBroken(context: RuleContext): void {
  const { after, before, tokenize } = context;
  const tables = followTables(context);
  for (const { existing: table, dropped } of tables.touched) {
    if (table === undefined || dropped === undefined) continue;
    if (after.table(table.name) !== undefined || after.view(table.name) !== undefined) continue;
    const broken = [...before.objects()].filter(
      (object) =>
        isStillThere(object, context) &&
        (object.kind !== 'trigger' || !sameName(object.table, table.name)) &&
        readsTable(object.sql ?? '', table.name, tokenize),
    );
    if (broken.length === 0) continue;
    const names = broken.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    context.report({
      at: dropped.name,
      message: `${names} still ${broken.length === 1 ? 'reads' : 'read'} ${table.name}, and fails as soon as it is used.`,
      help: `Drop it in the same file, or create it again without ${table.name}:\n${sqlBlock(broken.map(({ kind, name }) => `DROP ${kind.toUpperCase()} ${identifier(name)}`))}`,
    });
  }

  function isStillThere(object: SchemaObject, { after: end }: RuleContext): boolean {
    const now =
      object.kind === 'view'
        ? end.view(object.name)
        : object.kind === 'trigger'
          ? end.trigger(object.name)
          : undefined;
    return now !== undefined && now.sql === object.sql;
  }
}
