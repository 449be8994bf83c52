import { identifier, identifiers, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement, type Report } from '../../engine/rule.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';
import { widthOf } from '../../recipes/result-width.ts';

const plans = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export default defineRule({
  id: 'dml/set-column-count',
  severity: 'error',
  kind: 'engine',
  summary: 'Rows of different numbers of columns in one INSERT, VALUES or UNION.',
  why: `D1 refuses an INSERT that has more or fewer values than columns, VALUES whose rows differ in length, and a UNION whose
sides differ. In a view or a trigger it takes such a statement, and fails each time the view is read or the trigger fires.`,
  bad: [
    { '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free', 0);" },
    { '0001_plans.sql': plans, '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free'), (2);" },
    {
      '0001_plans.sql': plans,
      '0002_seed.sql': "INSERT INTO plans (id, name) SELECT 1, 'free' UNION ALL SELECT 2;",
    },
  ],
  good: [
    {
      '0001_plans.sql': plans,
      '0002_seed.sql': "INSERT INTO plans (id, name) VALUES (1, 'free'), (2, 'pro');",
    },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const { tree } = statement;
      if (tree === undefined) continue;
      const flaws = [
        ...tree.all('CompoundSelect').map(compoundFlaw),
        ...tree.all('ValuesClause').map(valuesFlaw),
        ...tree.all('InsertStmt').map((insert) => insertFlaw(insert, statement)),
      ];
      // One mistake in a row shows in all that hold the row.
      const first = flaws.find((flaw) => flaw !== undefined);
      if (first !== undefined) report(first);
    }
  },
});

function compoundFlaw(compound: SyntaxNode): Report | undefined {
  const left = widthOf(compound.left);
  const right = widthOf(compound.right);
  if (left === undefined || right === undefined || left === right) return undefined;
  const operator = (compound.op ?? '').replace('_', ' ');
  return {
    at: compound,
    message: `Before ${operator} there are ${left} columns, and after it ${right}: D1 refuses that.`,
    help: 'Give both sides the same columns; write NULL for one that has no value.',
  };
}

function valuesFlaw(values: SyntaxNode): Report | undefined {
  const rows = values.rows;
  const width = rows[0]?.count();
  const index = rows.findIndex((row) => row.count() !== width);
  const odd = rows[index];
  if (odd === undefined) return undefined;
  return {
    at: odd,
    message: `Row ${index + 1} has ${odd.count()} values, and the first has ${width}: D1 refuses that.`,
    help: 'Give all rows the same number of values; write NULL for one that is missing.',
  };
}

function insertFlaw(insert: SyntaxNode, { before }: LintStatement): Report | undefined {
  const at = insert.table?.tableName;
  const table = before.table(at?.text ?? '');
  const width = widthOf(insert.source);
  if (at === undefined || width === undefined) return undefined;
  const named = insert.columns.flatMap((column) => column.column?.text ?? []);
  if (insert.columns.length === 0 && table?.storage !== 'ordinary') return undefined;
  const columns = named.length > 0 || table === undefined ? named : writableColumns(table);
  if (columns.length === width) return undefined;
  const name = table?.name ?? at.text;
  return {
    at,
    message: `${name} gets ${width} values for ${columns.length} columns: D1 refuses that.`,
    help: `Give a value for each column of the list:\nINSERT INTO ${identifier(name)} (${identifiers(columns)}) …`,
  };
}
