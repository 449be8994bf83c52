import { join } from 'node:path';
import { openShadowD1, type D1 } from 'd1-core/database';
import { sqlStatements } from 'd1-core/load';
import { temporaryFolder, testWrangler } from 'd1-core/testing';
import { dumpDatabase } from '../backup/dump-database.ts';
import type { TableDigest } from '../format/index.ts';
import { DIFFICULT, DIFFICULT_DATABASES } from '../testing/difficult.ts';
import { readCatalog } from './catalog.ts';
import { loadStatements } from './load-statements.ts';
import { readContent } from './read-content.ts';
import { planSearches } from './search-index.ts';
import { contentStatements } from './write-sql.ts';

/** The text of `database.sql`, in chunks that cut it at bad places. */
async function* dump(d1: D1, tables: TableDigest[] = []): AsyncGenerator<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const catalog = await readCatalog(d1);
  const searches = await planSearches(d1, catalog);
  for await (const statement of contentStatements(d1, catalog, {
    onTable: (table) => tables.push(table),
    searches,
  })) {
    yield encode(statement.slice(0, 7));
    yield encode(`${statement.slice(7)};`);
    yield encode('\n');
  }
}

async function copy(source: D1): Promise<D1> {
  const copied = openShadowD1(testWrangler());
  await loadStatements(copied, sqlStatements(dump(source)));
  return copied;
}

describe('the SQL of an archive gives back', () => {
  it.each(DIFFICULT_DATABASES)('%s', async (_, statements) => {
    const source = openShadowD1(testWrangler());
    let restored: D1 | undefined;
    try {
      await source.batch(statements);
      restored = await copy(source);
      const [before, after] = [await readContent(source), await readContent(restored)];
      expect(after).toEqual(before);
      expect(await restored.batch(['PRAGMA quick_check', 'PRAGMA foreign_key_check'])).toEqual([
        [{ quick_check: 'ok' }],
        [],
      ]);
    } finally {
      await Promise.all([source.close(), restored?.close()]);
    }
  });

  it('only the definition of a search whose text is gone', async () => {
    const source = openShadowD1(testWrangler());
    await source.batch(DIFFICULT['searches whose text is gone'] ?? []);
    const dumped = await dumpDatabase(source, {
      file: join(temporaryFolder(), 'database.sql'),
      historyTable: 'd1_migrations',
    });
    expect(dumped).toMatchObject({ orphaned: ['renamed', 'narrowed'], tables: [{ name: 'docs', rows: 1 }] });
    await source.close();
  });

  it('a full-text search that finds what it found before, and goes on with new rows', async () => {
    const source = openShadowD1(testWrangler());
    await source.batch(DIFFICULT['full-text search'] ?? []);
    const restored = await copy(source);
    const queries = [
      "SELECT rowid, rank FROM own WHERE own MATCH 'run'",
      "SELECT title FROM ext WHERE ext MATCH 'fish' ORDER BY rowid",
      'SELECT * FROM words',
      "INSERT INTO doc VALUES (6, 'Three', 'green fish')",
      "SELECT rowid FROM ext WHERE ext MATCH 'green'",
    ];
    expect(await restored.batch(queries)).toEqual(await source.batch(queries));
    await Promise.all([source.close(), restored.close()]);
  });

  it('nothing of a row that a later reader would see differently: every digest names what it read', async () => {
    const source = openShadowD1(testWrangler());
    await source.batch(['CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)']);
    const [before] = (await readContent(source)).tables;
    await source.batch(['UPDATE a SET v = 1.0']);
    const [after] = (await readContent(source)).tables;
    expect(before).toMatchObject({ name: 'a', rows: 1 });
    expect(after?.sha256).not.toBe(before?.sha256);
    await source.close();
  });
});
