import { loadTokenizer, splitStatements } from 'd1-core/sql';
import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';

/** FTS5 tells whether an index fits its table: the rule has to say the same. */
const pool = databasePool();
afterAll(() => pool.close());

const fill = "INSERT INTO words (words) VALUES ('rebuild');";
const noRowNumber = `CREATE TABLE pages (slug TEXT NOT NULL UNIQUE, body TEXT, note TEXT);
CREATE VIRTUAL TABLE words USING fts5 (body, content = 'pages');`;
const rowNumber = `CREATE TABLE pages (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, body TEXT, note TEXT);
CREATE VIRTUAL TABLE words USING fts5 (body, note UNINDEXED, content = 'pages', content_rowid = 'id');`;
const triggers = `CREATE TRIGGER pages_new AFTER INSERT ON pages BEGIN INSERT INTO words (rowid, body) VALUES (new.id, new.body); END;
CREATE TRIGGER pages_gone AFTER DELETE ON pages BEGIN INSERT INTO words (words, rowid, body) VALUES ('delete', old.id, old.body); END;
CREATE TRIGGER pages_body AFTER UPDATE OF body ON pages BEGIN
  INSERT INTO words (words, rowid, body) VALUES ('delete', old.id, old.body);
  INSERT INTO words (rowid, body) VALUES (new.id, new.body);
END;`;
const seed = `INSERT INTO pages (slug, body) VALUES ('a', 'alpha'), ('b', 'beta'), ('c', 'gamma');
DELETE FROM pages WHERE slug = 'a';
${fill}`;

const rebuild = (columns: string, list: string, from = list) => `CREATE TABLE new_pages (${columns});
INSERT INTO new_pages (${list}) SELECT ${from} FROM pages;
DROP TABLE pages;
ALTER TABLE new_pages RENAME TO pages;`;
const plain = 'slug TEXT NOT NULL UNIQUE, body TEXT, note TEXT';

async function outcomes(tables: string, change: string) {
  const files = { '0001_tables.sql': tables, '0002_seed.sql': seed, '0003_change.sql': change };
  const { findings } = await lintExample(files);
  const [database, tokenize] = await Promise.all([pool.take(), loadTokenizer()]);
  for (const text of Object.values(files)) {
    await database.batch(splitStatements(tokenize(text)).map(({ start, end }) => text.slice(start, end)));
  }
  const fits = await database.batch(["INSERT INTO words (words, rank) VALUES ('integrity-check', 1)"]).then(
    () => true,
    () => false,
  );
  const isFound = findings.some(
    ({ rule, file }) => rule === 'safety/fts-out-of-step' && file.endsWith('0003_change.sql'),
  );
  return { fits, isFound };
}

describe('a search index', () => {
  it.each([
    ['a rebuild that renumbers the rows', noRowNumber, rebuild(plain, 'slug, body')],
    ['a rebuild that fills the index before it', noRowNumber, `${fill}\n${rebuild(plain, 'slug, body')}`],
    ['a RENAME of the table', rowNumber, 'ALTER TABLE pages RENAME TO articles;'],
    ['a RENAME of a column', rowNumber, 'ALTER TABLE pages RENAME COLUMN body TO text;'],
    ['a RENAME of the column with the number', rowNumber, 'ALTER TABLE pages RENAME COLUMN id TO number;'],
    ['a DROP COLUMN', rowNumber, 'ALTER TABLE pages DROP COLUMN body;'],
    ['a DROP TABLE', rowNumber, 'DROP TABLE pages;'],
    ['an UPDATE without a trigger', rowNumber, "UPDATE pages SET body = 'delta' WHERE slug = 'b';"],
    ['a DELETE without a trigger', rowNumber, "DELETE FROM pages WHERE slug = 'b';"],
    ['an INSERT without a trigger', rowNumber, "INSERT INTO pages (slug, body) VALUES ('d', 'delta');"],
    [
      'an UPDATE whose trigger is dropped before it',
      `${rowNumber}\n${triggers}`,
      "DROP TRIGGER pages_body;\nUPDATE pages SET body = 'delta' WHERE slug = 'b';",
    ],
  ])('does not fit its table after %s, and the rule says so', async (_, tables, change) => {
    expect(await outcomes(tables, change)).toEqual({ fits: false, isFound: true });
  });

  it.each([
    [
      'a rebuild that renumbers the rows, and fills it again',
      noRowNumber,
      `${rebuild(plain, 'slug, body')}\n${fill}`,
    ],
    ['a rebuild that copies the numbers', noRowNumber, rebuild(plain, 'rowid, slug, body')],
    [
      'a rebuild with an INTEGER PRIMARY KEY',
      rowNumber,
      rebuild(`id INTEGER PRIMARY KEY, ${plain}`, 'id, slug, body'),
    ],
    ['an UPDATE of another column', rowNumber, "UPDATE pages SET slug = 'z' WHERE slug = 'b';"],
    ['an UPDATE of a column that is not indexed', rowNumber, "UPDATE pages SET note = 'z' WHERE slug = 'b';"],
    [
      'what its triggers see',
      `${rowNumber}\n${triggers}`,
      "UPDATE pages SET body = 'delta' WHERE slug = 'b';\nDELETE FROM pages WHERE slug = 'c';\nINSERT INTO pages (slug, body) VALUES ('d', 'delta');",
    ],
    [
      'an UPDATE after which it is filled',
      rowNumber,
      `UPDATE pages SET body = 'delta' WHERE slug = 'b';\n${fill}`,
    ],
    [
      'a RENAME after which it is rebuilt',
      rowNumber,
      `ALTER TABLE pages RENAME TO articles;
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5 (body, content = 'articles', content_rowid = 'id');
${fill}`,
    ],
  ])('fits its table after %s, and the rule is silent', async (_, tables, change) => {
    expect(await outcomes(tables, change)).toEqual({ fits: true, isFound: false });
  });
});
