import type { Table } from 'd1-core/schema';
import { identifier, identifiers, type SyntaxNode } from 'd1-core/sql';
import type { Range } from '../../engine/finding.ts';
import { defineRule } from '../../engine/rule.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';
import { widthOf } from '../../recipes/result-width.ts';

const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL);';

export default defineRule({
  id: 'dml/insert-without-columns',
  severity: 'warning',
  kind: 'policy',
  summary: 'INSERT without a list of columns.',
  why: `D1 accepts it, and takes the values in the order in which the table has its columns now. After a migration that adds a
column the statement fails; after a rebuild that reorders them it writes values into the wrong ones, without an error.
A copy with SELECT * is a case of its own.`,
  bad: [{ '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans VALUES (1, 'free', 0);" }],
  good: [
    {
      '0001_plans.sql': plans,
      '0002_seed.sql': "INSERT INTO plans (id, name, price) VALUES (1, 'free', 0);",
    },
  ],
  check(context) {
    const { statements, report } = context;
    for (const { tree, before } of statements) {
      for (const insert of tree?.all('InsertStmt') ?? []) {
        const place = placeOfList(insert);
        const table = before.table(place?.name ?? '');
        const width = widthOf(insert.source);
        if (place === undefined || table?.storage !== 'ordinary') continue;
        if (insert.columns.length > 0 || width === undefined) continue;
        const columns = writableColumns(table);
        // Another number of values is refused: see dml/set-column-count.
        if (columns.length !== width) continue;
        report({
          at: place.at,
          message: `This INSERT names no columns, so it depends on the order of those that ${table.name} has now.`,
          help: `Name them:\nINSERT INTO ${identifier(table.name)} (${identifiers(columns)}) …`,
          fix: {
            title: 'Name the columns',
            edits: [{ start: place.end, end: place.end, text: ` (${identifiers(columns)})` }],
            // Written into a trigger, it would make the schemas of old and new databases differ.
            safe: tree?.is('InsertStmt') === true && isNewestFile(context),
          },
        });
      }
    }
  },
});

/** After the table, and after its alias where it has one. */
function placeOfList(
  insert: SyntaxNode,
): { readonly name: Table['name']; readonly at: Range; readonly end: number } | undefined {
  const target = insert.table;
  const at = target?.tableName;
  return at === undefined ? undefined : { name: at.text, at, end: target?.alias?.end ?? at.end };
}
