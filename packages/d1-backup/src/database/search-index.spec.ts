import { openShadowD1, type D1 } from 'd1-core/database';
import { testWrangler } from 'd1-core/testing';
import { readCatalog } from './catalog.ts';
import { checkSearches } from './check-content.ts';
import { loadStatements } from './load-statements.ts';
import { indexState } from './search-index.ts';
import { contentStatements } from './write-sql.ts';

const DOCS = [
  'CREATE TABLE doc (id INTEGER PRIMARY KEY, title TEXT, body TEXT, deleted INTEGER NOT NULL DEFAULT 0)',
  `WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 9000)
   INSERT INTO doc SELECT i, 'title ' || i, iif(i % 3, 'red fish', 'blue fish'), i % 5 = 0 FROM i`,
];
const ALL = "INSERT INTO f (f) VALUES ('rebuild')";
const SHOWN = 'INSERT INTO f (rowid, title, body) SELECT id, title, body FROM doc WHERE deleted = 0';
const EXTERNAL = "content='doc', content_rowid='id'";

/** Rowids that searches find. */
const found = async (d1: D1): Promise<unknown> =>
  d1.batch(['red', 'blue', 'title', 'ti*'].map((word) => `SELECT rowid FROM f('${word}') ORDER BY rowid`));

describe('a full-text search comes back as it was', () => {
  const source = openShadowD1(testWrangler());
  afterAll(() => source.close());

  it.each([
    [`fts5(title, body, ${EXTERNAL})`, ALL, 'full'],
    [`fts5(title, body, ${EXTERNAL})`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, tokenize='porter')`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, tokenize='trigram')`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, prefix='2 3')`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, detail=none)`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, detail=column)`, SHOWN, 'part'],
    [`fts5(title, body, ${EXTERNAL}, columnsize=0)`, ALL, 'full'],
    ['fts5(title, body)', SHOWN, 'full'],
    [`fts5(title, body, ${EXTERNAL})`, `${SHOWN}; DELETE FROM doc WHERE id = 1`, 'unlike'],
  ])('%s filled by %s, whose index is %s', async (module, filled, state) => {
    await source.batch([
      'DROP TABLE IF EXISTS f',
      'DROP TABLE IF EXISTS doc',
      ...DOCS,
      `CREATE VIRTUAL TABLE f USING ${module}`,
      ...filled.split('; '),
    ]);
    const catalog = await readCatalog(source);
    const [table] = catalog.virtualTables;
    if (table === undefined) throw new Error('There is no search.');
    expect(await indexState(source, table)).toBe(state);
    const restored = openShadowD1(testWrangler());
    try {
      await loadStatements(restored, contentStatements(source, catalog, { onTable: () => undefined }));
      if (state !== 'unlike') expect(await found(restored)).toEqual(await found(source));
      expect(await checkSearches(restored)).toEqual([]);
    } finally {
      await restored.close();
    }
  });
});
