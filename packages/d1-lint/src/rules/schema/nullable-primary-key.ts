import { affinityOf, type Column } from 'd1-core/schema';
import { sameName, type Name } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { declaredColumns, declaredTables, type DeclaredColumn } from '../../recipes/declared-tables.ts';
import { generatorOfFile } from '../../recipes/generator.ts';

export default defineRule({
  id: 'schema/nullable-primary-key',
  severity: 'warning',
  kind: 'policy',
  summary: 'A primary key that may be NULL.',
  why: `In SQLite a PRIMARY KEY does not imply NOT NULL, unless it is an INTEGER PRIMARY KEY or the table is STRICT or WITHOUT
ROWID. NULLs are never equal, so such a table takes any number of rows without a key: no foreign key, no ON CONFLICT and no
WHERE id = ? ever finds them. Drizzle Kit 1.0 leaves NOT NULL out.`,
  bad: [
    'CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL);',
    'CREATE TABLE members (team TEXT NOT NULL, user TEXT, PRIMARY KEY (team, user));',
  ],
  good: [
    'CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL);',
    'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
    'CREATE TABLE members (team TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (team, user));',
  ],
  check(context) {
    const declared = declaredColumns(context);
    for (const { statement, table, label } of declaredTables(context)) {
      if (table.strict || table.withoutRowid) continue;
      const key = table.columns.filter(({ primaryKey }) => primaryKey > 0);
      // Of the only column of a key, another rule says more where it is some INT.
      if (key.length === 1 && key.some(({ type }) => affinityOf(type) === 'INTEGER')) continue;
      for (const column of key.filter(({ notNull, generated }) => !notNull && generated === 'no')) {
        const own = declared.find(
          (one) => one.statement === statement && sameName(one.name.text, column.name),
        );
        if (own === undefined) continue;
        context.report({
          at: own.name,
          message: `${label}.${column.name} is ${key.length === 1 ? 'the' : 'in the'} primary key and may be NULL, in any number of rows.${
            isGenerated(own, context) ? ' Drizzle Kit 1.0 generates this.' : ''
          }`,
          help: `Write NOT NULL:\n${corrected(own, column)}`,
          fix: {
            title: 'Add NOT NULL',
            edits: [{ start: endOf(own), end: endOf(own), text: ' NOT NULL' }],
            safe: false,
          },
        });
      }
    }
  },
});

/** Drizzle Kit puts every name in backticks. What a hand has written into its files has mostly none. */
const isGenerated = ({ name, statement }: DeclaredColumn, context: RuleContext): boolean =>
  generatorOfFile(context) === 'Drizzle Kit' && statement.text[name.start - statement.start] === '`';

const endOf = ({ name, type }: DeclaredColumn): Name['end'] => type?.end ?? name.end;

function corrected(own: DeclaredColumn, { name }: Column): string {
  const { text, start } = own.statement;
  return `${text.slice(own.name.start - start, endOf(own) - start) || name} NOT NULL`;
}
