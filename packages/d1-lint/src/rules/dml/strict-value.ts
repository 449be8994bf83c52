import { columnOf, type Column } from 'd1-core/schema';
import { unquote, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';

const items =
  'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL) STRICT;';

export default defineRule({
  id: 'dml/strict-value',
  severity: 'error',
  kind: 'engine',
  summary: 'A literal of another type than its column in a STRICT table.',
  why: `In a STRICT table SQLite converts a value only where nothing is lost, and refuses all others: a text that is not a number in a
column of numbers, a fraction in one of whole numbers, anything but a blob in a BLOB column. The whole file then fails.`,
  bad: [
    {
      '0001_items.sql': items,
      '0002_seed.sql': "INSERT INTO items (id, name, price) VALUES (1, 'Mug', 'free');",
    },
    {
      '0001_items.sql': items,
      '0002_seed.sql': "INSERT INTO items (id, name, price) VALUES (1, 'Mug', 9.5);",
    },
  ],
  good: [
    {
      '0001_items.sql': items,
      '0002_seed.sql': "INSERT INTO items (id, name, price) VALUES (1, 'Mug', 950);",
    },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const flaw = firstFlaw(statement);
      if (flaw === undefined) continue;
      const { table, column, value } = flaw;
      report({
        at: value,
        message: `${table}.${column.name} is ${column.type} in a STRICT table, and D1 refuses ${shown(value)} in it.`,
        help: `Write a value of the type ${column.type}, or give ${column.name} the type ANY.`,
      });
    }
  },
});

interface Flaw {
  readonly table: string;
  readonly column: Column;
  readonly value: SyntaxNode;
}

function firstFlaw({ tree, before }: LintStatement): Flaw | undefined {
  const source = tree?.is('InsertStmt') === true ? tree.source : undefined;
  const table = before.table(tree?.table?.tableName?.text ?? '');
  if (tree === undefined || source?.is('ValuesClause') !== true || table?.strict !== true) return undefined;
  const named = tree.columns.map((column) => column.column?.text ?? '');
  const columns = (named.length > 0 ? named : writableColumns(table)).map((name) => columnOf(table, name));
  for (const row of source.rows) {
    for (const [index, value] of row.items().entries()) {
      const column = columns[index];
      if (column !== undefined && isRefused(value, column)) return { table: table.name, column, value };
    }
  }
  return undefined;
}

function isRefused(value: SyntaxNode, { type }: Column): boolean {
  if (!value.is('Literal')) return false;
  const kind = value.literalType;
  const text = value.text ?? '';
  if (kind === 'NULL' || kind === 'CURRENT') return false;
  switch (type.toUpperCase()) {
    case 'INT':
    case 'INTEGER':
      return (
        kind === 'BLOB' ||
        (kind === 'STRING' ? !isNumber(text) : !Number.isInteger(Number(text.replaceAll('_', ''))))
      );
    case 'REAL':
      return kind === 'BLOB' || (kind === 'STRING' && !isNumber(text));
    case 'TEXT':
      return kind === 'BLOB';
    case 'BLOB':
      return kind !== 'BLOB';
    default:
      return false;
  }
}

/** As SQLite reads a text as a number; a fraction in it is left to SQLite. */
const isNumber = (literal: string): boolean =>
  /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(unquote(literal));

const shown = (value: SyntaxNode): string => {
  const text = value.text ?? '';
  return text.length > 30 ? `${text.slice(0, 30)}…` : text;
};
