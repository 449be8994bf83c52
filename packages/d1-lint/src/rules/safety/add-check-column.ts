import { defineRule } from '../../engine/rule.ts';
import { addedColumns, defaultText, type AddedColumn } from '../../recipes/added-column.ts';
import { affinityOf } from 'd1-core/schema';
import { failsWithDefault } from '../../recipes/check-result.ts';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_items.sql': 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO items (id, name) VALUES (1, 'Mug');",
};

export default defineRule({
  id: 'safety/add-check-column',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN with a CHECK that its own default breaks fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "CHECK constraint
failed". SQLite tests the CHECK on every row that is there, with the default of the column, or NULL. A comparison with
NULL is neither true nor false, and passes; IS NOT NULL does not. Found are comparisons with literals, IN, BETWEEN and
IS NULL; a CHECK with functions or other columns is not judged.`,
  bad: [
    {
      ...setUp,
      '0003_stock.sql': 'ALTER TABLE items ADD COLUMN stock INTEGER DEFAULT -1 CHECK (stock >= 0);',
    },
    { ...setUp, '0003_state.sql': 'ALTER TABLE items ADD COLUMN state TEXT CHECK (state IS NOT NULL);' },
    {
      ...setUp,
      '0003_state.sql': "ALTER TABLE items ADD COLUMN state TEXT DEFAULT '' CHECK (state IN ('new', 'old'));",
    },
  ],
  good: [
    {
      ...setUp,
      '0003_stock.sql': 'ALTER TABLE items ADD COLUMN stock INTEGER DEFAULT 0 CHECK (stock >= 0);',
    },
    {
      ...setUp,
      '0003_state.sql': "ALTER TABLE items ADD COLUMN state TEXT CHECK (state IN ('new', 'old'));",
    },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { existing, statement, name, checks, generated, hasDefaultClause } = column;
      if (existing === undefined || generated !== 'no') continue;
      const tested = {
        name: name.text,
        defaultExpression: column.defaultExpression,
        holds: kindOfValues(column),
      };
      if (!checks.some((check) => failsWithDefault(check, tested))) continue;
      const value = hasDefaultClause ? `its default ${defaultText(column)}` : 'NULL, having no default';
      context.report({
        at: wordAfter(statement, 'CHECK', name.end) ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: they get ${value}, and the CHECK of ${name.text} is false for that.`,
        help: `Give ${name.text} a default that the CHECK allows, or let the CHECK allow this one.`,
      });
    }
  },
});

function kindOfValues({ type, isCollated }: AddedColumn): 'text' | 'number' | 'unknown' {
  const affinity = affinityOf(type);
  if (affinity === 'TEXT') return isCollated ? 'unknown' : 'text';
  return affinity === 'BLOB' ? 'unknown' : 'number';
}
