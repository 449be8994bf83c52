import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
};

export default defineRule({
  id: 'safety/mixed-ddl-and-backfill',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'One file changes the schema of an existing table and the rows in it.',
  why: `D1 accepts it. But all queries of a file share its time limit, and a change of many rows blocks the database
meanwhile. In a file of its own it can be tried again, and rolled back, without the change of the schema. The copy of a
rebuild is not meant.`,
  bad: [
    {
      ...setUp,
      '0002_short.sql': `ALTER TABLE users ADD COLUMN short TEXT;
UPDATE users SET short = substr(name, 1, 10) WHERE short IS NULL;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0002_short.sql': 'ALTER TABLE users ADD COLUMN short TEXT;',
      '0003_fill_short.sql': 'UPDATE users SET short = substr(name, 1, 10) WHERE short IS NULL;',
    },
  ],
  check(context) {
    const definition = context.statements.find((statement) => changesExisting(statement, context));
    if (definition === undefined) return;
    const tables = followTables(context);
    for (const statement of context.statements) {
      const { tree } = statement;
      if (tree?.is('UpdateStmt') !== true && tree?.is('DeleteStmt') !== true) continue;
      const name = writtenTable(statement);
      const table = name === undefined ? undefined : tables.at(statement, name.text)?.existing;
      if (name === undefined || table === undefined) continue;
      context.report({
        at: name,
        message: `This file changes the schema, and also rows of ${table.name}.`,
        help: 'Move this statement into a migration of its own, with the next number.',
      });
    }
  },
});

function changesExisting(statement: LintStatement, context: RuleContext): boolean {
  const { tree } = statement;
  const name = tree?.is('AlterTableStmt') === true ? tree.target.objectName : undefined;
  const indexed = tree?.is('CreateIndexStmt') === true ? tree.tableName : undefined;
  const table = name ?? indexed;
  return table !== undefined && followTables(context).at(statement, table.text)?.existing !== undefined;
}
