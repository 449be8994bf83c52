import { openMemoryDatabase, readSchema, type Schema } from 'd1-core/schema';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { analyseMigrations, countStatements, lossesBetween, planLosses, type LossPlan } from './index.ts';

const SCHEMA = `
  CREATE TABLE users (id INTEGER PRIMARY KEY);
  CREATE TABLE lists (id INTEGER PRIMARY KEY, owner REFERENCES users (id));
  CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, item REFERENCES items (id) ON DELETE CASCADE);
  CREATE TABLE marks (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE SET NULL);
  CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
  CREATE TRIGGER gone AFTER DELETE ON notes BEGIN DELETE FROM log WHERE id = OLD.id; END;
  CREATE TABLE other (id INTEGER PRIMARY KEY);`;

async function schemaOf(sql: string): Promise<Schema> {
  const database = await openMemoryDatabase();
  database.exec(sql);
  const schema = await readSchema({
    batch: async (statements) => statements.map((statement) => database.prepare(statement).all()),
  });
  database.close();
  return schema;
}

async function planOf(...texts: readonly string[]): Promise<LossPlan> {
  const root = temporaryFolder();
  const files = texts.map((_, index) => ({
    name: `000${index + 1}_x.sql`,
    path: join(root, `000${index + 1}_x.sql`),
    number: index + 1,
  }));
  writeFiles(root, Object.fromEntries(files.map(({ name }, index) => [name, texts[index] ?? ''])));
  return planLosses(await schemaOf(SCHEMA), await analyseMigrations(files));
}

const REBUILD =
  'CREATE TABLE new_lists (id INTEGER PRIMARY KEY);\nINSERT INTO new_lists SELECT id FROM lists;\nDROP TABLE lists;\nALTER TABLE new_lists RENAME TO lists;';

describe('the tables that may lose rows', () => {
  it.each([
    [
      'CREATE TABLE x (y); INSERT INTO other VALUES (1); UPDATE items SET id = 2; DROP INDEX IF EXISTS i;',
      [],
    ],
    [REBUILD, ['lists', 'items', 'notes', 'log']],
    ['DELETE FROM ITEMS;', ['items', 'notes', 'log']],
    ['INSERT OR REPLACE INTO "notes" (id) VALUES (1);', ['notes', 'log']],
    ['WITH w AS (SELECT 1) DELETE FROM marks WHERE id IN w;', ['marks']],
    ['ALTER TABLE other RENAME TO others;\nDROP TABLE others;', ['other']],
    ['DELETE FROM ;', ['users', 'lists', 'items', 'notes', 'marks', 'log', 'other']],
  ])('by %j', async (sql, tables) => {
    expect((await planOf(sql)).tables).toEqual(tables);
  });

  it('are counted under the names that they have before and after', async () => {
    const plan = await planOf(
      'ALTER TABLE lists RENAME TO old_lists;\nCREATE TABLE lists (id);\nINSERT INTO lists SELECT id FROM old_lists;\nDROP TABLE old_lists;',
      'ALTER TABLE items RENAME TO "the items";\nDROP TABLE notes;',
    );
    expect(countStatements(plan, plan.before)).toEqual(
      ['lists', 'items', 'notes', 'log'].map((table) => `SELECT count(*) AS rows FROM "${table}"`),
    );
    expect(countStatements(plan, plan.after)).toEqual(
      ['lists', 'the items', 'log'].map((table) => `SELECT count(*) AS rows FROM "${table}"`),
    );
  });
});

describe('lost rows', () => {
  const before = new Map([
    ['lists', 3],
    ['items', 12],
    ['notes', 0],
  ]);

  it('are those that are fewer afterwards, with the reason of the directive that announces them', async () => {
    const plan = await planOf(`-- d1-migrate: expect-rows-lost Items: they were test data\n${REBUILD}`);
    const after = new Map([
      ['lists', 2],
      ['items', 0],
      ['notes', 5],
    ]);
    expect(lossesBetween(plan, before, after)).toEqual([
      { table: 'lists', before: 3, after: 2, reason: undefined },
      { table: 'items', before: 12, after: 0, reason: 'they were test data' },
    ]);
  });

  it('are announced under the name that the table has at that statement', async () => {
    const plan = await planOf(
      'ALTER TABLE lists RENAME TO old_lists;\n-- d1-migrate: expect-rows-lost old_lists: empty by now\nDROP TABLE old_lists;',
    );
    expect(lossesBetween(plan, before, new Map())).toMatchObject([
      { table: 'lists', reason: 'empty by now' },
      { table: 'items', reason: undefined },
    ]);
  });
});
