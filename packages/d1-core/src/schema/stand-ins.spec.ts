import { loadTokenizer } from '../sql/index.ts';
import { createObjects } from './read-schema.ts';
import { openMemoryDatabase } from './sqlite.ts';
import { standInFor } from './stand-ins.ts';

async function columnsOf(sql: string): Promise<readonly unknown[]> {
  const tokenize = await loadTokenizer();
  const standIn = standInFor(tokenize(sql));
  if (standIn === undefined) throw new Error('There is no stand-in.');
  const database = await openMemoryDatabase();
  database.exec(standIn.sql);
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').all(standIn.name);
  database.close();
  return names.map(({ name }) => name);
}

describe('a stand-in for a virtual table', () => {
  it('has the columns of a search table, the hidden ones included, and not its options', async () => {
    expect(
      await columnsOf(
        `CREATE VIRTUAL TABLE IF NOT EXISTS "f t" USING FTS5(title, "a ""b""" UNINDEXED, 'order',
          content = 'posts', tokenize="unicode61 tokenchars ',('");`,
      ),
    ).toEqual(['title', 'a "b"', 'order', 'f t', 'rank']);
  });

  it('has the columns of an R-tree', async () => {
    expect(await columnsOf('CREATE VIRTUAL TABLE main.geo USING rtree(id, x0, x1, +label TEXT)')).toEqual([
      'id',
      'x0',
      'x1',
      'label',
      'geo',
      'rank',
    ]);
  });

  it('is made for no module that D1 has not', async () => {
    const tokenize = await loadTokenizer();
    expect(standInFor(tokenize('CREATE VIRTUAL TABLE f USING fts4(a)'))).toBeUndefined();
  });
});

describe('a schema with a virtual table that this Node does not know', () => {
  it('has the table, as virtual and with its own statement, and not the tables of its module', async () => {
    const entries = [
      ['table', 'docs', 'CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT)'],
      ['table', 'search', 'CREATE VIRTUAL TABLE search USING fts5(title, content = docs)'],
      ['table', 'search_data', "CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB)"],
      [
        'trigger',
        'docs_insert',
        'CREATE TRIGGER docs_insert AFTER INSERT ON docs BEGIN INSERT INTO search (rowid, title) VALUES (new.id, new.title); END',
      ],
    ].map(([type = '', name = '', sql = '']) => ({ type, name, table: name, sql }));
    const standIns = new Map<string, string>();
    const database = await openMemoryDatabase();
    const prepare = database.prepare.bind(database);
    database.prepare = (sql) => prepare(sql.replace('pragma_module_list', '(SELECT 0 AS name)'));
    await createObjects(database, entries, standIns);
    const tables = prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    database.close();
    expect(tables.map(({ name }) => name)).toEqual(['docs', 'search']);
    expect([...standIns]).toEqual([['search', entries[1]?.sql]]);
  });
});
