import { openMemoryDatabase, readSchema, type Schema } from 'd1-core/schema';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { analyseMigrations, type AnalysedMigration } from 'd1-core/loss';
import { countStatements, lossesBetween, planLosses, type LossPlan, type TableCounts } from './index.ts';

const SCHEMA = `
  CREATE TABLE users (id INTEGER PRIMARY KEY);
  CREATE TABLE lists (id INTEGER PRIMARY KEY, owner REFERENCES users (id));
  CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, item REFERENCES items (id) ON DELETE CASCADE);
  CREATE TABLE marks (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE SET NULL);
  CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
  CREATE TRIGGER gone AFTER DELETE ON notes BEGIN DELETE FROM log WHERE id = OLD.id; END;
  CREATE TABLE other (id INTEGER PRIMARY KEY);
  CREATE TABLE watched (x);
  CREATE TRIGGER touched AFTER UPDATE ON watched BEGIN DELETE FROM log; END;
  CREATE TABLE replaced (id INTEGER PRIMARY KEY ON CONFLICT REPLACE);
  CREATE TRIGGER beside AFTER INSERT ON replaced BEGIN UPDATE watched SET x = 1; END;
  CREATE VIEW seen AS SELECT * FROM other;
  CREATE TRIGGER through INSTEAD OF DELETE ON seen BEGIN DELETE FROM other WHERE id = OLD.id; END;
  CREATE TABLE prizes (id INTEGER PRIMARY KEY, winner REFERENCES users (id) ON UPDATE SET NULL);
  CREATE VIRTUAL TABLE found USING fts5 (what, content = 'log');`;

async function schemaOf(sql: string): Promise<Schema> {
  const database = await openMemoryDatabase();
  database.exec(sql);
  const schema = await readSchema({
    batch: async (statements) => statements.map((statement) => database.prepare(statement).all()),
  });
  database.close();
  return schema;
}

async function analysed(...texts: readonly string[]): Promise<readonly AnalysedMigration[]> {
  const root = temporaryFolder();
  const files = texts.map((_, index) => ({
    name: `000${index + 1}_x.sql`,
    path: join(root, `000${index + 1}_x.sql`),
    number: index + 1,
  }));
  writeFiles(root, Object.fromEntries(files.map(({ name }, index) => [name, texts[index] ?? ''])));
  return analyseMigrations(files);
}

const planOf = async (...texts: readonly string[]): Promise<LossPlan> =>
  planLosses(await schemaOf(SCHEMA), await analysed(...texts));

const REBUILD =
  'CREATE TABLE new_lists (id INTEGER PRIMARY KEY);\nINSERT INTO new_lists SELECT id FROM lists;\nDROP TABLE lists;\nALTER TABLE new_lists RENAME TO lists;';

/** Foreign keys may empty `marks.list` while the rows stay. */
const countOf = (table: string) =>
  `SELECT count(*) AS rows${table === 'marks' ? ', count("list") AS c0' : ''} FROM "${table}"`;

describe('the tables that may lose rows', () => {
  it.each([
    [
      'CREATE TABLE x (y); INSERT INTO other VALUES (1); UPDATE items SET id = 2; DROP INDEX IF EXISTS i;',
      [],
    ],
    [REBUILD, ['lists', 'items', 'notes', 'marks', 'log']],
    ['DELETE FROM ITEMS;', ['items', 'notes', 'log']],
    ['INSERT OR REPLACE INTO "notes" (id) VALUES (1);', ['notes', 'log']],
    ['WITH w AS (SELECT 1) DELETE FROM marks WHERE id IN w;', ['marks']],
    ['ALTER TABLE other RENAME TO others;\nDROP TABLE others;', ['other']],
    ['UPDATE watched SET x = 1;', ['log', 'watched']],
    ['INSERT INTO replaced VALUES (1);', ['log', 'watched', 'replaced']],
    ['DELETE FROM seen;', ['other']],
    [
      'CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM other; END;\nINSERT INTO users VALUES (9);',
      ['users', 'other', 'prizes'],
    ],
    ['UPDATE users SET id = 2;', ['prizes']],
    [
      'DELETE FROM ;',
      ['users', 'lists', 'items', 'notes', 'marks', 'log', 'other', 'watched', 'replaced', 'prizes'],
    ],
  ])('by %j', async (sql, tables) => {
    expect((await planOf(sql)).tables.map(({ name }) => name)).toEqual(tables);
  });

  it('are counted under the names that they have before and after', async () => {
    const plan = await planOf(
      'ALTER TABLE lists RENAME TO old_lists;\nCREATE TABLE lists (id);\nINSERT INTO lists SELECT id FROM old_lists;\nDROP TABLE old_lists;',
      'ALTER TABLE items RENAME TO "the items";\nDROP TABLE notes;',
    );
    expect(countStatements(plan, plan.before)).toEqual(
      ['lists', 'items', 'notes', 'marks', 'log'].map(countOf),
    );
    expect(countStatements(plan, plan.after)).toEqual(['lists', 'the items', 'marks', 'log'].map(countOf));
  });
});

const count = (rows: number, values: Readonly<Record<string, number>> = {}) => ({
  rows,
  values: new Map(Object.entries(values)),
});

it('a table that a rehearsal saw change is counted, whatever is read from the statements', async () => {
  const { tables } = planLosses(await schemaOf(SCHEMA), await analysed('SELECT 1;'), ['Other']);
  expect(tables).toEqual([{ name: 'other', columns: [] }]);
});

describe('what is lost', () => {
  const before = new Map([
    ['lists', count(3)],
    ['items', count(12)],
    ['notes', count(0)],
    ['marks', count(4, { list: 3 })],
  ]);
  const lost = async (after: TableCounts, ...texts: readonly string[]) =>
    lossesBetween((await planOf(...texts)).announced, before, after);

  it('are fewer rows and values afterwards, with the reason of the directive that announces it', async () => {
    const after = new Map([
      ['lists', count(2)],
      ['items', count(0)],
      ['notes', count(5)],
      ['marks', count(4, { list: 1 })],
    ]);
    expect(
      await lost(after, `-- d1-migrate: expect-rows-lost Items: they were test data\n${REBUILD}`),
    ).toMatchObject([
      { table: 'lists', what: 'rows', count: 1, before: 3, after: 2, reason: undefined },
      { table: 'items', what: 'rows', count: 12, before: 12, after: 0, reason: 'they were test data' },
      { table: 'marks', what: 'values', column: 'list', count: 2, reason: undefined },
    ]);
  });

  it('is announced under the name that the table has at that statement', async () => {
    const text =
      'ALTER TABLE lists RENAME TO old_lists;\n-- d1-migrate: expect-rows-lost old_lists: empty by now\nDROP TABLE old_lists;';
    expect(await lost(new Map(), text)).toMatchObject([
      { table: 'lists', reason: 'empty by now' },
      { table: 'items', reason: undefined },
      { table: 'marks', reason: undefined },
    ]);
  });

  const ANNOUNCED = '-- d1-migrate: expect-rows-lost items: doubles\nDELETE FROM items WHERE id = 1;';
  const itemsGone = new Map([...before, ['items', count(0)]]);

  it('in one file is not announced by another', async () => {
    expect(await lost(itemsGone, 'DELETE FROM items;', ANNOUNCED)).toMatchObject([{ reason: undefined }]);
    expect(await lost(itemsGone, ANNOUNCED, 'CREATE TABLE x (y);')).toMatchObject([{ reason: 'doubles' }]);
    const beside = '-- d1-migrate: expect-rows-lost items: no reason\nCREATE TABLE x (y);';
    expect(await lost(itemsGone, beside, 'DELETE FROM items;')).toMatchObject([{ reason: undefined }]);
  });

  it('is announced by any file where a rehearsal has judged each by itself', async () => {
    const { announced } = planLosses(await schemaOf(SCHEMA), await analysed(REBUILD, ANNOUNCED), ['items']);
    expect(lossesBetween(announced, before, itemsGone)).toMatchObject([{ reason: 'doubles' }]);
  });
});
