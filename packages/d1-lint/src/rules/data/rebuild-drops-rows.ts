import { defineRule } from '../../engine/rule.ts';
import { copySelect, onlySource } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { rowsAfter, type PartialCopy } from '../../recipes/rows-after.ts';
import { identifier } from 'd1-core/sql';
import { createdTable, wordAfter, writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, deleted_at TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, email) VALUES (1, 'ada@example.com'), (2, 'ada@example.com');",
};

const rebuild = (
  copy: string,
): string => `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, deleted_at TEXT, bio TEXT);
${copy};
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

const copy = 'INTO new_users (id, email, deleted_at) SELECT id, email, deleted_at FROM users';

export default defineRule({
  id: 'data/rebuild-drops-rows',
  severity: 'error',
  kind: 'data',
  summary: 'A rebuild does not copy every row, and with the old table the others are gone.',
  why: `The new table of a rebuild holds only the rows that the copy takes. WHERE, JOIN, LIMIT, DISTINCT and GROUP BY leave rows
out, INSERT OR IGNORE leaves out what does not fit, and OR REPLACE keeps one of several. DROP TABLE deletes the rest, and no
statement says so. D1 cannot bring single rows back.`,
  bad: [
    { ...setUp, '0003_bio.sql': rebuild(`INSERT ${copy} WHERE deleted_at IS NOT NULL`) },
    { ...setUp, '0003_bio.sql': rebuild(`INSERT ${copy} ORDER BY id LIMIT 1`) },
    { ...setUp, '0003_bio.sql': rebuild(`INSERT ${copy} GROUP BY email`) },
    {
      ...setUp,
      '0003_bio.sql': rebuild(`INSERT OR IGNORE ${copy}`).replace('email TEXT', 'email TEXT UNIQUE'),
    },
  ],
  good: [
    { ...setUp, '0003_bio.sql': rebuild(`INSERT ${copy} ORDER BY id`) },
    {
      ...setUp,
      '0003_bio.sql': rebuild(`INSERT ${copy} WHERE deleted_at IS NULL;
INSERT ${copy} WHERE deleted_at IS NOT NULL`),
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      const { are, partial } = rowsAfter(rebuild, context);
      const copy = partial.find(({ statement }) => rebuild.copies.includes(statement)) ?? partial[0];
      if (are !== 'some-kept' || copy === undefined) continue;
      const { name } = rebuild.table;
      context.report({
        at: writtenTable(copy.statement) ?? createdTable(copy.statement) ?? rebuild.dropped,
        message: `The copy of ${name} leaves rows out (${copy.by}), and DROP TABLE deletes them.${generatedBy(rebuild, context)}`,
        help: [
          'Copy every row, and change in the copy what does not fit.',
          ...countOf(copy),
          'Where rows are to go, back the table up. Then say so above the copy:',
          '-- d1-lint-disable-next-statement data/rebuild-drops-rows: …, backed up on …',
        ].join('\n'),
      });
    }
  },
});

/** A query for the rows that a plain WHERE leaves out. */
function countOf({ statement, by }: PartialCopy): readonly string[] {
  const select = copySelect(statement);
  const source = select === undefined ? undefined : onlySource(select, statement, statement.before);
  const where = wordAfter(statement, 'WHERE', statement.start);
  const isPlain = ['GROUP', 'ORDER', 'LIMIT', 'ON', 'RETURNING', 'WINDOW'].every(
    (word) => wordAfter(statement, word, where?.end ?? 0) === undefined,
  );
  if (by !== 'WHERE' || source === undefined || where === undefined || !isPlain) return [];
  const from = select?.from?.alias?.text;
  const table = `${identifier(source.name)}${from === undefined ? '' : ` AS ${identifier(from)}`}`;
  const condition = statement.text.slice(where.end - statement.start).trim();
  return [
    'How many are left out, this shows:',
    `SELECT count(*) FROM ${table} WHERE (${condition}) IS NOT TRUE;`,
  ];
}
