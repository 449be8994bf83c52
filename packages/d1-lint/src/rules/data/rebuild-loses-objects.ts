import { columnOf, type Index, type SchemaObject, type Trigger, type View } from 'd1-core/schema';
import { sameName, unquote, type Tokenize } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { insertAfter } from '../../recipes/insert-after.ts';
import { isNeedless, isOfPrimaryKey } from '../../recipes/needless-index.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { readsTable } from '../../recipes/reads-table.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';

const setUp = {
  '0001_notes.sql': `CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE note_versions (id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL, body TEXT NOT NULL);`,
  '0002_keep_versions.sql': `CREATE TRIGGER notes_keep AFTER UPDATE ON notes
BEGIN
  INSERT INTO note_versions (note_id, body) VALUES (old.id, old.body);
END;`,
  '0003_seed.sql': "INSERT INTO notes (id, body) VALUES (1, ' First ');",
};

const rebuild = `CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL, author TEXT);
INSERT INTO new_notes (id, body) SELECT id, body FROM notes;
DROP TABLE notes;
ALTER TABLE new_notes RENAME TO notes;`;

export default defineRule({
  id: 'data/rebuild-loses-objects',
  severity: 'error',
  kind: 'data',
  summary: 'A rebuilt table has lost an index or a trigger, or a view that reads it.',
  why: `DROP TABLE also drops the indexes and triggers of the table, and views have to be dropped before it. None comes back
with the new table. The migration succeeds; afterwards queries read whole tables, duplicates get in, and what a trigger
kept is lost from then on: in the first example the old text of the note. Drizzle Kit and Prisma know nothing of
triggers, and recreate only the indexes that their own schema has.`,
  bad: [
    {
      ...setUp,
      '0004_author.sql': `${rebuild}\nUPDATE notes SET body = trim(body) WHERE body <> trim(body);`,
    },
  ],
  good: [
    {
      ...setUp,
      '0004_author.sql': `${rebuild}
CREATE TRIGGER notes_keep AFTER UPDATE ON notes
BEGIN
  INSERT INTO note_versions (note_id, body) VALUES (old.id, old.body);
END;`,
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      if (rebuild.result === undefined) continue;
      const lost = lostObjects(rebuild, context);
      if (lost.length === 0) continue;
      const sql = lost.flatMap((object) => object.sql ?? []);
      const names = lost.map(({ kind, name }) => `${kind} ${name}`).join(', ');
      context.report({
        at: rebuild.dropped,
        message: `${rebuild.table.name} is rebuilt without its ${names}: dropped with it, and not created again.${generatedBy(rebuild, context)}`,
        help: `After the rebuild create again what is still wanted:\n${sqlBlock(sql)}\nWhat is to go is better dropped by name before.`,
        fix: {
          title: `Create ${names} again`,
          edits: [insertAfter(rebuild.last, context, sql.join(';\n'))],
          safe: false,
        },
      });
    }
  },
});

type Lost = Index | Trigger | View;

/** What the file drops by name is meant to go, except for a view, which blocks a rebuild. */
function lostObjects(rebuild: Rebuild, context: RuleContext): readonly Lost[] {
  const { before, after, statements, tokenize } = context;
  const { existing, table, first } = rebuild;
  const isDropped = ({ kind, name }: SchemaObject) =>
    statements.some(
      ({ tree }) =>
        tree?.is('DropStmt') === true &&
        tree.objectType === kind.toUpperCase() &&
        sameName(tree.target.objectName.text, name),
    );
  const gone = first.before
    .indexesOf(table.name)
    .filter((index) => index.origin === 'created' && stillFits(index, rebuild, tokenize))
    .filter((index) => after.index(index.name) === undefined && !hasTwin(index, context));
  const indexes = gone.filter((index) => !isOfPrimaryKey(index, context) && !isCovered(index, gone, context));
  const triggers = first.before
    .triggersOf(table.name)
    .filter(({ name }) => after.trigger(name) === undefined);
  const views = before
    .objects()
    .filter((object) => object.kind === 'view')
    .filter(({ name, sql }) => after.view(name) === undefined && readsTable(sql, existing.name, tokenize));
  return [
    ...[...indexes, ...triggers].filter((object) => !isDropped(object)),
    ...views.filter(({ name }) => after.table(name) === undefined),
  ];
}

/** An index on a column that the new table no longer has cannot be meant. */
const stillFits = ({ sql = '' }: Index, { table, result }: Rebuild, tokenize: Tokenize): boolean => {
  const gone = table.columns.filter(
    ({ name }) => result !== undefined && columnOf(result, name) === undefined,
  );
  return !tokenize(sql).some(({ text }) => gone.some(({ name }) => sameName(unquote(text), name)));
};

/** Whether an index that is there, or that was lost with it, finds all that it finds: it is not missed. */
const isCovered = (index: Index, gone: readonly Index[], context: RuleContext): boolean =>
  [...context.after.indexesOf(index.table), ...gone].some(
    (other) =>
      other !== index &&
      isNeedless(index, other, context) &&
      !(isNeedless(other, index, context) && other.name > index.name),
  );

/** An index under another name that does the same. */
const hasTwin = (index: Index, { after }: RuleContext): boolean =>
  after
    .indexesOf(index.table)
    .some(
      (other) =>
        (other.unique || !index.unique) &&
        other.partial === index.partial &&
        other.columns.length === index.columns.length &&
        other.columns.every((column, at) => sameName(column ?? '', index.columns[at] ?? '')),
    );
