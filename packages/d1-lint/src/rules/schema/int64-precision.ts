import { affinityOf, columnOf } from 'd1-core/schema';
import type { SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { targetColumns } from '../../recipes/copied-columns.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const users = (type: string) => `CREATE TABLE users (id ${type}, name TEXT NOT NULL);`;
const seed = (id: string) => `INSERT INTO users (id, name) VALUES (${id}, 'Ada');`;

export default defineRule({
  id: 'schema/int64-precision',
  severity: 'warning',
  kind: 'policy',
  summary: 'A whole number that a Worker cannot read exactly.',
  why: `SQLite stores whole numbers of 64 bits, but D1 gives every number to the Worker as a number of JavaScript, which is exact
only up to 9007199254740991 (2^53 - 1). A larger one, such as a snowflake id, is rounded when it is read, and no longer finds its
row. Exports round it as well. As TEXT it stays what it is.`,
  bad: [
    { '0001_users.sql': users('INTEGER PRIMARY KEY'), '0002_seed.sql': seed('1234567890123456789') },
    {
      '0001_users.sql': users('INTEGER PRIMARY KEY'),
      '0002_id.sql': 'UPDATE users SET id = 1234567890123456789 WHERE id = 1;',
    },
  ],
  good: [
    {
      '0001_users.sql': users('TEXT PRIMARY KEY NOT NULL'),
      '0002_seed.sql': seed("'1234567890123456789'"),
    },
    { '0001_users.sql': users('INTEGER PRIMARY KEY'), '0002_seed.sql': seed('9007199254740991') },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const table = statement.before.table(writtenTable(statement)?.text ?? '');
      if (table === undefined) continue;
      const reported = new Set<string>();
      for (const { column, digits } of writtenNumbers(statement)) {
        const affinity = affinityOf(columnOf(table, column)?.type ?? '');
        const value = exactly(digits);
        // Converted to a text, it keeps its digits. One finding tells of all the rows that one statement writes.
        if (affinity === 'TEXT' || value === undefined || reported.has(column)) continue;
        reported.add(column);
        report({
          at: statement.tokens.find(({ text }) => text === digits) ?? statement,
          message: `A Worker reads ${digits} of ${table.name}.${column} as ${String(Number(value))}.`,
          help: `Store it as text: declare ${column} as TEXT, and write '${digits}'.`,
        });
      }
    }
  },
});

/** The value, where JavaScript's numbers cannot hold it. */
function exactly(digits: string): bigint | undefined {
  const value = /^\d[\d_]*$/.test(digits) ? BigInt(digits.replaceAll('_', '')) : 0n;
  return BigInt(Number(value)) !== value ? value : undefined;
}

interface WrittenNumber {
  readonly column: string;
  readonly digits: string;
}

function writtenNumbers(statement: LintStatement): readonly WrittenNumber[] {
  const { tree } = statement;
  if (tree?.is('InsertStmt') === true) {
    const columns = targetColumns(statement);
    const rows = tree.source?.rows ?? [];
    return rows.flatMap((row) => row.items().flatMap((item, index) => written(columns[index]?.target, item)));
  }
  return tree?.is('UpdateStmt') === true
    ? tree.assignments.flatMap((one) => written(one.column?.text, one.value))
    : [];
}

function written(column: string | undefined, node: SyntaxNode | undefined): readonly WrittenNumber[] {
  const inner = node?.is('UnaryExpr') === true ? node.operand : node;
  const digits = inner?.literalType === 'INTEGER' ? inner.text : undefined;
  return column === undefined || digits === undefined ? [] : [{ column, digits }];
}
