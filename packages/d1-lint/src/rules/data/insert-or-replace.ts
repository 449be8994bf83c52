import { columnOf, primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, identifier, identifiers, sameName, significantTokens, type Tokenize } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { targetColumns, writableColumns } from '../../recipes/copied-columns.ts';
import { existingTable } from '../../recipes/existing-rows.ts';
import { writtenTable } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT);',
  '0002_posts.sql': `CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX posts_user_id ON posts (user_id);`,
  '0003_seed_users.sql': "INSERT INTO users (id, name, phone) VALUES (1, 'Ada', '+44 1');",
  '0004_seed_posts.sql': 'INSERT INTO posts (id, user_id) VALUES (1, 1);',
};

export default defineRule({
  id: 'data/insert-or-replace',
  severity: 'warning',
  kind: 'data',
  summary: 'REPLACE deletes the old row: its children go with it, and so do the columns that are not listed.',
  why: `REPLACE, and INSERT OR REPLACE, do not change a row: they delete it and insert another. The delete fires ON DELETE
CASCADE and SET NULL of other tables, but not the table's own triggers. Columns that the statement does not list get
their default. An upsert changes the row in its place.`,
  bad: [
    { ...setUp, '0005_name.sql': "INSERT OR REPLACE INTO users (id, name) VALUES (1, 'Ada L.');" },
    { ...setUp, '0005_name.sql': "REPLACE INTO users (id, name, phone) VALUES (1, 'Ada', '+44 1');" },
  ],
  good: [
    {
      ...setUp,
      '0005_insert.sql':
        "INSERT INTO users (id, name) VALUES (2, 'Grace') ON CONFLICT (id) DO UPDATE SET name = excluded.name;",
    },
  ],
  check(context) {
    const { statements, tokenize, report } = context;
    for (const statement of statements) {
      const { tree } = statement;
      if (tree?.is('InsertStmt') !== true || tree.conflictAction !== 'REPLACE') continue;
      const name = writtenTable(statement);
      const table = statement.before.table(name?.text ?? '');
      if (name === undefined || table?.storage !== 'ordinary') continue;
      if (existingTable(name.text, statement, context) === undefined) continue;
      const listed = targetColumns(statement).map(({ target }) => target);
      const key = collidingKey(table, listed, statement.before);
      if (key === undefined) continue;
      const losses = lossesOf(table, listed, statement.before, tokenize);
      if (losses.length === 0) continue;
      report({
        at: name,
        message: `Where ${table.name} has a row with the same ${key.join(', ')}, that row is deleted first: ${losses.join('; ')}.`,
        help: `Write an upsert, which changes the row in its place:\n${upsert(table, listed, key)};`,
      });
    }
  },
});

/** The key that the statement gives values for: without one it cannot meet a row that is there. */
function collidingKey(
  table: Table,
  listed: readonly string[],
  schema: Schema,
): readonly string[] | undefined {
  const given = new Set(listed.map(foldName));
  const uniques = schema
    .indexesOf(table.name)
    .filter((index) => index.unique && !index.partial)
    .map((index) => index.columns.filter((column) => column !== undefined));
  return [primaryKeyOf(table), ...uniques].find(
    (key) => key.length > 0 && key.every((column) => given.has(foldName(column))),
  );
}

function lossesOf(
  table: Table,
  listed: readonly string[],
  schema: Schema,
  tokenize: Tokenize,
): readonly string[] {
  const children = schema
    .referencesTo(table.name)
    .filter(({ foreignKey: { onDelete } }) => ['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(onDelete))
    .map(({ child, foreignKey: { columns, onDelete } }) =>
      onDelete === 'CASCADE'
        ? `its rows in ${child.name} are deleted`
        : `${columns.map((column) => `${child.name}.${column}`).join(', ')} is lost (ON DELETE ${onDelete})`,
    );
  const blanked = writableColumns(table).filter((column) => !listed.some((one) => sameName(one, column)));
  const emptied = blanked.map(
    (column) => `${column} becomes ${columnOf(table, column)?.defaultValue ?? 'NULL'}`,
  );
  const skipped = schema
    .triggersOf(table.name)
    .filter(({ sql }) => firesOnDelete(sql, tokenize))
    .map(({ name }) => `the trigger ${name} does not fire`);
  return [...children, ...emptied, ...skipped];
}

/** `CREATE TRIGGER name AFTER DELETE ON …`: the event stands before the first ON. */
function firesOnDelete(sql: string, tokenize: Tokenize): boolean {
  const words = significantTokens(tokenize(sql)).map(({ text }) => text.toUpperCase());
  return words.slice(0, words.indexOf('ON')).includes('DELETE');
}

function upsert(table: Table, listed: readonly string[], key: readonly string[]): string {
  const updated = listed.filter((column) => !key.some((one) => sameName(one, column)));
  const action =
    updated.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${updated.map((column) => `${identifier(column)} = excluded.${identifier(column)}`).join(', ')}`;
  return `INSERT INTO ${identifier(table.name)} (${identifiers(listed)}) VALUES (…)\nON CONFLICT (${identifiers(key)}) ${action}`;
}
