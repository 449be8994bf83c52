import { defineRule } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { droppedTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_logs.sql': 'CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO logs (id, line) VALUES (1, 'started');",
};

export default defineRule({
  id: 'data/drop-table',
  severity: 'error',
  kind: 'data',
  summary: 'DROP TABLE deletes the rows of an existing table.',
  why: `D1 cannot bring one table back. Time Travel restores only the whole database, for 30 days (7 on the free plan), and
everything written since is lost with it. Until the new Worker is deployed, the old one still reads the table.
A table that is rebuilt in the same file is not meant, nor one that the file itself has created.`,
  bad: [{ ...setUp, '0003_drop_logs.sql': 'DROP TABLE logs;' }],
  good: [
    {
      ...setUp,
      '0003_count_logs.sql': `CREATE TABLE scratch_0003 (id INTEGER PRIMARY KEY);
DROP TABLE scratch_0003;`,
    },
  ],
  check(context) {
    const tables = followTables(context);
    for (const statement of context.statements) {
      const name = droppedTable(statement);
      const followed = name === undefined ? undefined : tables.at(statement, name.text);
      const table = followed?.existing;
      if (name === undefined || table?.storage !== 'ordinary') continue;
      // Made again: then it is a rebuild, which has rules of its own.
      if (followed?.names.some((one) => tables.atEnd(one) !== undefined) === true) continue;
      context.report({
        at: name,
        message: `All rows of ${table.name} are deleted with the table, and D1 cannot bring back a single table.`,
        help: `First deploy a Worker that no longer uses ${table.name}, and back it up. Then say so above the statement:\n-- d1-lint-disable-next-statement data/drop-table: unused since …, backed up on …`,
      });
    }
  },
});
