import { columnOf, type SchemaObject, type Table } from 'd1-core/schema';
import { identifier, sameName, type Tokenize, unquote } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';
import { readsTable } from '../../recipes/reads-table.ts';
import { sqlBlock } from '../../recipes/sql-block.ts';
import { alteredTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  name_lower TEXT AS (lower(name)) VIRTUAL
);
CREATE INDEX users_name_lower ON users (name_lower);`,
};

export default defineRule({
  id: 'safety/drop-column-in-use',
  severity: 'error',
  kind: 'engine',
  summary: 'DROP COLUMN is refused while something uses the column.',
  why: `SQLite drops no column that is a PRIMARY KEY or UNIQUE, or that an index, a CHECK, a generated column, a view or a
trigger names. Indexes, views and triggers have to go first; for the rest the table has to be rebuilt.`,
  bad: [{ ...setUp, '0002_drop.sql': 'ALTER TABLE users DROP COLUMN name_lower;' }],
  good: [
    {
      ...setUp,
      '0002_drop.sql': 'DROP INDEX users_name_lower;\nALTER TABLE users DROP COLUMN name_lower;',
    },
  ],
  check({ statements, tokenize, report }) {
    for (const statement of statements) {
      const name = alteredTable(statement, 'DROP_COLUMN');
      const column = statement.tree?.oldName;
      const table = statement.before.table(name?.text ?? '');
      if (column === undefined || table === undefined || statement.replay.outcome !== 'failed') continue;
      if (columnOf(table, column.text) === undefined) continue;
      // What was broken before is the matter of another rule.
      if (/^error in (view|trigger) [^:]*(?<!after drop column): /.test(statement.replay.message)) continue;
      const users = usersOf(table, column.text, statement, tokenize);
      const { what, isInTable } = reasonOf(statement.replay.message, users);
      report({
        at: column,
        message: `SQLite refuses to drop ${table.name}.${column.text}: ${what}.`,
        help: isInTable
          ? `Rebuild ${table.name} without ${column.text} instead: create the new table, copy the rows, drop the old one, rename.`
          : steps(users, statement),
      });
    }
  },
});

/** The indexes, views and triggers that name the column. */
function usersOf(
  table: Table,
  column: string,
  { before }: LintStatement,
  tokenize: Tokenize,
): readonly SchemaObject[] {
  const names = (sql: string) => tokenize(sql).some(({ text }) => sameName(unquote(text), column));
  return [
    ...before.indexesOf(table.name).filter(({ sql }) => sql !== undefined && names(sql)),
    ...before
      .objects()
      .filter((object) => object.kind === 'view' || object.kind === 'trigger')
      .filter(({ sql }) => readsTable(sql, table.name, tokenize) && names(sql)),
  ];
}

/** In the words of SQLite's message; it stops at the first obstacle. */
function reasonOf(message: string, users: readonly SchemaObject[]) {
  const [, kind = '', name = ''] =
    /^error in (index|view|trigger|table) (.+?) after drop column/.exec(message) ?? [];
  const isInTable = kind === 'table' || message.startsWith('cannot drop');
  if (message.startsWith('cannot drop')) {
    return { what: `it is ${message.includes('PRIMARY KEY') ? 'its PRIMARY KEY' : 'UNIQUE'}`, isInTable };
  }
  if (kind === 'table') return { what: 'another part of the table uses it', isInTable };
  const all = users.map((user) => `${user.kind} ${user.name}`);
  return { what: `it is used by ${all.length > 0 ? all.join(', ') : `${kind} ${name}`}`, isInTable };
}

function steps(users: readonly SchemaObject[], { text }: LintStatement): string {
  const drops = users.map(({ kind, name }) => `DROP ${kind.toUpperCase()} ${identifier(name)}`);
  const again = users.filter(({ kind }) => kind !== 'index').map(({ name }) => name);
  const rest = again.length === 0 ? '' : `\nThen create ${again.join(', ')} again, without the column.`;
  return `Drop first what uses it:\n${sqlBlock([...drops, text])}${rest}`;
}
