import { affinityOf } from 'd1-core/schema';
import { identifier, sameName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { declaredColumns, declaredTables } from '../../recipes/declared-tables.ts';
import { generatorOfFile } from '../../recipes/generator.ts';

export default defineRule({
  id: 'schema/int-primary-key',
  severity: 'warning',
  kind: 'policy',
  summary: 'A primary key of whole numbers that is not INTEGER PRIMARY KEY.',
  why: `Only the exact words INTEGER PRIMARY KEY make a column the rowid itself. With INT, BIGINT, or INTEGER PRIMARY KEY DESC the
table has a rowid and a key of its own, with an index that each INSERT writes as well and each look-up reads first. Such a key
gives itself no number: where it is not NOT NULL, a row without one gets NULL.`,
  bad: [
    'CREATE TABLE users (id INT PRIMARY KEY, name TEXT NOT NULL);',
    'CREATE TABLE users (id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));',
  ],
  good: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);'],
  check(context) {
    const declared = declaredColumns(context);
    for (const { statement, table, label } of declaredTables(context)) {
      const [column, ...others] = table.columns.filter(({ primaryKey }) => primaryKey > 0);
      if (column === undefined || others.length > 0 || table.withoutRowid) continue;
      // The rowid itself has no index of its own.
      const hasIndex = statement.after.indexesOf(table.name).some(({ origin }) => origin === 'primary-key');
      if (affinityOf(column.type) !== 'INTEGER' || !hasIndex) continue;
      const own = declared.find((one) => one.statement === statement && sameName(one.name.text, column.name));
      if (own === undefined) continue;
      const { name, type } = own;
      const isWord = type?.text.toUpperCase() === 'INTEGER';
      context.report({
        at: type ?? name,
        message: `${label}.${column.name} is ${type?.text ?? ''} PRIMARY KEY${isWord ? ' DESC' : ''}, not INTEGER PRIMARY KEY: it gets a second index and no number of its own.${
          generatorOfFile(context) === 'Prisma' ? ' Prisma generates this for BigInt.' : ''
        }`,
        help: `Write:\n${identifier(column.name)} INTEGER PRIMARY KEY`,
        fix:
          type === undefined || isWord
            ? undefined
            : {
                title: 'Write INTEGER',
                edits: [{ start: type.start, end: type.end, text: 'INTEGER' }],
                safe: false,
              },
      });
    }
  },
});
