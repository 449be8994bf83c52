import { columnOf, type Index, type Table } from 'd1-core/schema';
import { identifier, type Name, sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);',
  '0002_name.sql': 'CREATE INDEX users_name ON users (name);',
};

export default defineRule({
  id: 'safety/if-not-exists-hides-drift',
  severity: 'warning',
  kind: 'engine',
  workerd: 'accepts',
  isIgnored: true,
  summary: 'IF NOT EXISTS makes D1 ignore a definition that differs from the one that is there.',
  why: `With IF NOT EXISTS, a CREATE for a name that is taken does nothing, whatever it defines. The migration is recorded as
applied, and the column or index that it was written for is not there. Found is what differs from the object that the
migrations before have made.`,
  bad: [
    {
      ...setUp,
      '0003_bio.sql':
        'CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, bio TEXT);',
    },
    { ...setUp, '0003_email.sql': 'CREATE INDEX IF NOT EXISTS users_name ON users (email);' },
  ],
  good: [
    {
      ...setUp,
      '0003_again.sql':
        'CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);',
      '0004_bio.sql': 'ALTER TABLE users ADD COLUMN bio TEXT;',
      '0005_email.sql': 'CREATE INDEX IF NOT EXISTS users_email ON users (email);',
    },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const found = tableDrift(statement) ?? indexDrift(statement);
      if (found === undefined) continue;
      report({
        at: found.name,
        message: `${found.name.text} already exists, so D1 ignores this statement: ${found.difference}.`,
        help: found.help,
      });
    }
  },
});

interface Drift {
  readonly name: Name;
  readonly difference: string;
  readonly help: string;
}

function tableDrift({ tree, before }: LintStatement): Drift | undefined {
  if (tree?.is('CreateTableStmt') !== true || !tree.ifNotExists) return undefined;
  const name = tree.tableName;
  const table = before.table(name.text);
  const columns = tree.columns;
  if (table === undefined || columns.length === 0) return undefined;
  const missing = columns.filter((column) => columnOf(table, nameOf(column)) === undefined);
  const other = columns.filter((column) => isOtherType(column, table));
  const extra = table.columns.filter((column) => !columns.some((one) => sameName(nameOf(one), column.name)));
  const own = identifier(table.name);
  const differences = [
    ...(missing.length > 0 ? [`it gets no ${missing.map(nameOf).join(', ')}`] : []),
    ...(other.length > 0 ? [`${other.map(nameOf).join(', ')} keeps its type`] : []),
    ...(extra.length > 0 ? [`it keeps ${extra.map((column) => column.name).join(', ')}`] : []),
  ];
  if (differences.length === 0) return undefined;
  const added = missing.map(
    (column) => `ALTER TABLE ${own} ADD COLUMN ${identifier(nameOf(column))}${typeSuffix(column)};`,
  );
  return {
    name,
    difference: differences.join(', '),
    help:
      added.length > 0
        ? `Change the table that is there:\n${added.join('\n')}`
        : `Remove the statement, or change the table that is there with ALTER TABLE or a rebuild.`,
  };
}

const nameOf = (column: SyntaxNode): string => column.columnName?.text ?? '';

const typeSuffix = (column: SyntaxNode): string => {
  const type = column.typeName ?? '';
  return type === '' ? '' : ` ${type}`;
};

function isOtherType(column: SyntaxNode, table: Table): boolean {
  const existing = columnOf(table, nameOf(column));
  const normal = (type: string) => type.replaceAll(/\s+/g, '').toUpperCase();
  return (
    existing !== undefined &&
    existing.generated === 'no' &&
    normal(existing.type) !== normal(column.typeName ?? '')
  );
}

function indexDrift({ tree, before }: LintStatement): Drift | undefined {
  if (tree?.is('CreateIndexStmt') !== true || !tree.ifNotExists) return undefined;
  const name = tree.indexName;
  const index = before.index(name.text);
  const table = tree.tableName.text;
  if (index === undefined) return undefined;
  const columns = tree.columns.map(columnOfTerm);
  const isSame =
    sameName(index.table, table) &&
    index.unique === tree.isUnique &&
    index.columns.length === columns.length &&
    index.columns.every((column, at) => sameName(column ?? '', columns[at] ?? ''));
  if (isSame) return undefined;
  return {
    name,
    difference: `it stays an index on ${describe(index)}`,
    help: 'Give the new index a name of its own.',
  };
}

const columnOfTerm = (term: SyntaxNode): string | undefined => {
  const expression = term.expr;
  const column = expression?.is('CollateExpr') === true ? expression.expr : expression;
  return column?.is('ColumnRef') === true ? column.column.text : undefined;
};

const describe = ({ table, columns }: Index): string =>
  `${table} (${columns.map((column) => column ?? 'an expression').join(', ')})`;
