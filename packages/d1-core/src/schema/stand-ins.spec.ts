import { loadTokenizer } from '../sql/index.ts';
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
