import { identifier, sameName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { addedColumns, type AddedColumn } from '../../recipes/added-column.ts';
import { affinityOf, EMPTY_VALUE } from 'd1-core/schema';
import { copySelect, targetColumns } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { withReplacements, wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

export default defineRule({
  id: 'safety/add-not-null-without-default',
  severity: 'error',
  kind: 'engine',
  summary: 'A new NOT NULL column without a default fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "Cannot add a NOT NULL
column with default value NULL". The rows that are there need a value.`,
  bad: [
    { ...setUp, '0003_bio.sql': 'ALTER TABLE users ADD COLUMN bio TEXT NOT NULL;' },
    { ...setUp, '0003_bio.sql': 'ALTER TABLE users ADD COLUMN bio TEXT DEFAULT NULL NOT NULL;' },
    {
      ...setUp,
      '0003_bio.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT NOT NULL);
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    { ...setUp, '0003_bio.sql': "ALTER TABLE users ADD COLUMN bio TEXT NOT NULL DEFAULT '';" },
    { ...setUp, '0003_bio.sql': 'ALTER TABLE users ADD COLUMN bio TEXT;' },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { existing, statement, name, notNull, defaultExpression, generated } = column;
      if (existing === undefined || !notNull || generated !== 'no' || defaultExpression !== undefined)
        continue;
      const word = wordAfter(statement, 'NOT', name.end);
      context.report({
        at: word ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: they would get NULL in ${name.text}.`,
        ...remedy(column, existing.name),
      });
    }
    for (const rebuild of rebuildsOf(context)) checkRebuild(rebuild, context);
  },
});

/** The same in a rebuild: the copy gives no value to a new column that must have one. */
function checkRebuild(rebuild: Rebuild, context: RuleContext): void {
  const { table, result, create, copies } = rebuild;
  const [copy] = copies;
  if (result === undefined || copy === undefined || copySelect(copy) === undefined) return;
  const written = targetColumns(copy);
  for (const { name, type, notNull, defaultValue, generated, primaryKey } of result.columns) {
    if (!notNull || primaryKey > 0 || generated !== 'no') continue;
    if (defaultValue !== undefined && defaultValue.toUpperCase() !== 'NULL') continue;
    if (written.some(({ target }) => sameName(target, name))) continue;
    const names = create.tree?.columns.map((one) => one.columnName) ?? [];
    const at = names.find((one) => one !== undefined && sameName(one.text, name));
    const value = type === '' ? "''" : EMPTY_VALUE[affinityOf(type)];
    context.report({
      at: at ?? create,
      message: `As soon as ${table.name} has rows, D1 refuses the copy: it gives ${name} no value, and ${name} is NOT NULL without a default.${generatedBy(rebuild, context)}`,
      help: `Add DEFAULT ${value}, or another value that suits those rows, to ${name}, or add ${name} to both lists of the copy.`,
    });
  }
}

function remedy(column: AddedColumn, table: string) {
  const { statement, name, type, reference, checks, hasDefaultClause, unique, primaryKey } = column;
  const word = wordAfter(statement, 'NULL', wordAfter(statement, 'NOT', name.end)?.end ?? name.end);
  const isPlain =
    reference === undefined && checks.length === 0 && !hasDefaultClause && !unique && !primaryKey;
  if (word !== undefined && isPlain) {
    const value = type === '' ? "''" : EMPTY_VALUE[affinityOf(type)];
    const edit = { start: word.end, end: word.end, text: ` DEFAULT ${value}` };
    return {
      help: `Give it a default that suits those rows:\n${withReplacements(statement, [edit])};\nOr leave NOT NULL out, and fill the column in a later migration.`,
      fix: { title: `Add DEFAULT ${value}`, edits: [edit], safe: false },
    };
  }
  return {
    help: `Add it without NOT NULL, and fill it:\nALTER TABLE ${identifier(table)} ADD COLUMN ${identifier(name.text)}${type === '' ? '' : ` ${type}`}${reference === undefined ? '' : ` REFERENCES ${identifier(reference.refTable?.text ?? '')}`};\nNOT NULL needs a rebuild of the table, once every row has a value.`,
  };
}
