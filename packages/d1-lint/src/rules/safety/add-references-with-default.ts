import { defineRule } from '../../engine/rule.ts';
import { addedColumns, defaultText } from '../../recipes/added-column.ts';
import { isConstant } from '../../recipes/constant.ts';
import { identifier } from 'd1-core/sql';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_teams.sql': 'CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0003_seed_teams.sql': "INSERT INTO teams (id, name) VALUES (1, 'All');",
  '0004_seed_users.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

export default defineRule({
  id: 'safety/add-references-with-default',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN … REFERENCES with a default fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "Cannot add a REFERENCES
column with non-NULL default value". SQLite would have to look for the parent of every row. It does so only with foreign
keys off, and on D1 they are always on.`,
  bad: [
    {
      ...setUp,
      '0005_team.sql': `ALTER TABLE users ADD COLUMN team_id INTEGER DEFAULT 1 REFERENCES teams (id);
CREATE INDEX users_team_id ON users (team_id);`,
    },
  ],
  good: [
    {
      ...setUp,
      '0005_team.sql': `ALTER TABLE users ADD COLUMN team_id INTEGER REFERENCES teams (id);
CREATE INDEX users_team_id ON users (team_id);
UPDATE users SET team_id = 1 WHERE team_id IS NULL;`,
    },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { existing, statement, name, type, reference, defaultExpression } = column;
      if (existing === undefined || reference === undefined || defaultExpression === undefined) continue;
      // A computed default is refused for that alone.
      if (!isConstant(defaultExpression)) continue;
      const [table, own] = [identifier(existing.name), identifier(name.text)];
      const parent = reference.refTable?.text ?? '';
      const columns = reference.refColumns.map((one) => identifier(one.column?.text ?? ''));
      const list = columns.length === 0 ? '' : ` (${columns.join(', ')})`;
      context.report({
        at: wordAfter(statement, 'DEFAULT', name.end) ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: a new column that references ${parent} can only start as NULL.`,
        help: `Leave the default out, and fill the column:\nALTER TABLE ${table} ADD COLUMN ${own}${type === '' ? '' : ` ${type}`} REFERENCES ${identifier(parent)}${list};\nUPDATE ${table} SET ${own} = ${defaultText(column)} WHERE ${own} IS NULL;`,
      });
    }
  },
});
