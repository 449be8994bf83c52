import type { Tree } from '@nx/devkit';
import { openShadowD1, type D1 } from 'd1-core/database';
import { loadTokenizer, splitStatements, statementText, type Tokenize } from 'd1-core/sql';
import { testWrangler } from 'd1-core/testing';
import { readEdits, type EditOptions } from '../../rebuild-table/index.ts';
import { placeIn, workerTree } from '../../testing/worker-tree.ts';
import { writeRollbackScript } from '../shared/new-migration.ts';
import { writeRebuild } from './write-rebuild.ts';

const FILE = '0002_rebuild.sql';

/** Everything that a rebuild may lose: rows of children and grandchildren, objects, numbers, what a search finds. */
const LISTS = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE lists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT, -- shown to people
  owner INTEGER REFERENCES users (id) ON DELETE SET NULL,
  parent INTEGER REFERENCES lists (id) ON DELETE CASCADE,
  size INTEGER DEFAULT 0,
  label TEXT AS (upper(title)) VIRTUAL
);
CREATE TABLE items (id INTEGER PRIMARY KEY, list INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE, text TEXT);
CREATE TABLE notes (code TEXT PRIMARY KEY NOT NULL, item INTEGER REFERENCES items (id) ON DELETE SET NULL);
CREATE INDEX lists_title ON lists (title COLLATE NOCASE) WHERE title IS NOT NULL;
CREATE UNIQUE INDEX items_list ON items (list, id);
CREATE INDEX lists_size ON lists (size);
CREATE VIEW titles AS SELECT id, title FROM lists;
CREATE VIEW long_titles AS SELECT * FROM titles WHERE length(title) > 5;
CREATE TRIGGER titles_insert INSTEAD OF INSERT ON titles BEGIN INSERT INTO lists (title) VALUES (new.title); END;
CREATE TRIGGER lists_named AFTER UPDATE ON lists BEGIN UPDATE items SET text = text WHERE list = new.id; END;
CREATE TRIGGER users_gone AFTER DELETE ON users BEGIN DELETE FROM lists WHERE owner = old.id; END;
CREATE VIRTUAL TABLE notes_search USING fts5(code, content='notes');
CREATE TRIGGER notes_added AFTER INSERT ON notes BEGIN INSERT INTO notes_search (rowid, code) VALUES (new.rowid, new.code); END;
`;

const ROWS = [
  "INSERT INTO users VALUES (1, 'one')",
  "INSERT INTO lists (id, title, owner, parent) VALUES (1, 'first', 1, NULL), (2, 'second list', 1, 1), (9, NULL, NULL, NULL)",
  'DELETE FROM lists WHERE id = 9',
  "INSERT INTO items VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 2, 'c')",
  "INSERT INTO notes VALUES ('gone', NULL), ('alpha', 1), ('beta', 2)",
  "DELETE FROM notes WHERE code = 'gone'",
  "INSERT INTO notes_search (notes_search) VALUES ('rebuild')",
];

const READS = [
  'SELECT id, title, owner, parent, label FROM lists ORDER BY id',
  'SELECT * FROM items ORDER BY id',
  'SELECT * FROM notes ORDER BY code',
  "SELECT seq FROM sqlite_sequence WHERE name = 'lists'",
  "SELECT code FROM notes_search WHERE notes_search MATCH 'beta'",
  'SELECT * FROM long_titles',
  "SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' ORDER BY name",
];

describe('the rebuild of a table', () => {
  let tokenize: Tokenize;
  beforeAll(async () => void (tokenize = await loadTokenizer()));

  function treeWith(migration: string): Tree {
    const tree = workerTree();
    tree.write('migrations/0001_first.sql', migration);
    return tree;
  }

  async function rebuild(tree: Tree, table: string, options: EditOptions = {}) {
    const lines = await writeRebuild(
      placeIn(tree),
      { table, edits: readEdits(options), header: '-- Migration: Rebuild', fileName: FILE },
      testWrangler(),
    );
    return { lines, text: tree.read(`migrations/${FILE}`, 'utf8') ?? '' };
  }

  const statementsOf = (text: string) =>
    splitStatements(tokenize(text)).map((statement) => statementText(text, statement));

  async function onShadow<Result>(work: (d1: D1) => Promise<Result>): Promise<Result> {
    const d1 = openShadowD1(testWrangler());
    try {
      return await work(d1);
    } finally {
      await d1.close();
    }
  }

  it('keeps every row, object, number and search result of a schema full of references', async () => {
    const { text, lines } = await rebuild(treeWith(LISTS), 'lists', { notNull: ['size'] });
    expect(lines).toEqual([expect.stringContaining('every table has the same rows')]);
    await onShadow(async (d1) => {
      await d1.batch([...statementsOf(LISTS), ...ROWS]);
      const before = await d1.batch(READS);
      await d1.batch(statementsOf(text));
      expect(await d1.batch(READS)).toEqual(before);
      await d1.batch(["INSERT INTO titles (title) VALUES ('through the view')"]);
      const [[added] = []] = await d1.batch(["SELECT id FROM lists WHERE title = 'through the view'"]);
      expect(added).toEqual({ id: 10 });
      expect(await d1.batch(['PRAGMA foreign_key_check'])).toEqual([[]]);
    });
    expect(text).toContain('coalesce(size, 0)');
    expect(text).toContain('-- shown to people');
  });

  it('marks the one place that an author changes', async () => {
    const { text } = await rebuild(treeWith(LISTS), 'lists');
    const [, marked = ''] = text.split('-- Edit from here');
    const place = marked.split('-- Edit to here')[0] ?? '';
    expect(
      statementsOf(place.slice(place.indexOf('\n'))).map((sql) => sql.split(/[ (]/, 3).join(' ')),
    ).toEqual(['CREATE TABLE new_lists', 'INSERT INTO new_lists']);
    expect(text).toContain('-- Rebuilds lists, with 2 other tables, which reference it: items, notes.');
  });

  it('comes with a rollback script that is proved', async () => {
    const tree = treeWith(LISTS);
    await rebuild(tree, 'lists', { retype: ['size:TEXT'], rename: ['parent:above'] });
    const made = await writeRollbackScript(placeIn(tree), FILE, testWrangler);
    expect(made).toMatchObject({ outcome: 'proved' });
  });

  it('renames a column in everything that names it', async () => {
    const schema = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT, CHECK (title <> 'no'));
CREATE INDEX lists_title ON lists (lower(title)) WHERE title IS NOT NULL;
CREATE VIEW loud AS SELECT upper(title) AS loud FROM lists;
CREATE TRIGGER lists_named AFTER UPDATE OF title ON lists BEGIN SELECT new.title; END;
`;
    const { text } = await rebuild(treeWith(schema), 'lists', { rename: ['title:name'], notNull: ['name'] });
    await onShadow(async (d1) => {
      const rows = ["INSERT INTO lists VALUES (1, 'first')", 'INSERT INTO lists VALUES (2, NULL)'];
      await d1.batch([...statementsOf(schema), ...rows, ...statementsOf(text)]);
      expect(
        await d1.batch(['SELECT loud FROM loud', "UPDATE lists SET name = 'x'", 'SELECT * FROM lists']),
      ).toEqual([
        [{ loud: 'FIRST' }, { loud: '' }],
        [],
        [
          { id: 1, name: 'x' },
          { id: 2, name: 'x' },
        ],
      ]);
    });
  });

  it('says which view reads the old name where SQLite cannot rename it there', async () => {
    await expect(rebuild(treeWith(LISTS), 'lists', { rename: ['title:name'] })).rejects.toMatchObject({
      code: 'rebuild-refused',
      message: expect.stringContaining('error in view long_titles after rename: no such column: title'),
    });
  });

  it('leaves an index out that names a dropped column, and says so in the file', async () => {
    const { text, lines } = await rebuild(treeWith(LISTS), 'lists', { drop: ['size'] });
    expect(text).toMatch(/-- Left out: .*size/);
    expect(text).toContain('-- CREATE INDEX lists_size ON lists (size)');
    expect(lines.join('\n')).toContain('Left out');
  });

  it('refuses to drop a column that a view or trigger needs, and writes nothing', async () => {
    const tree = treeWith(LISTS);
    await expect(rebuild(tree, 'lists', { drop: ['owner'] })).rejects.toMatchObject({
      code: 'rebuild-not-proved',
      message: expect.stringContaining('users_gone'),
    });
    expect(tree.exists(`migrations/${FILE}`)).toBe(false);
  });

  it('rebuilds tables that reference each other in a circle', async () => {
    const circle = `CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id) ON DELETE CASCADE, n TEXT);
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id) ON DELETE SET NULL);
`;
    const { text } = await rebuild(treeWith(circle), 'a', { notNull: ['n'] });
    const rows = ['INSERT INTO b VALUES (1, NULL)', "INSERT INTO a VALUES (1, 1, 'x')", 'UPDATE b SET a = 1'];
    await onShadow(async (d1) => {
      await d1.batch([...statementsOf(circle), ...rows, ...statementsOf(text)]);
      expect(await d1.batch(['SELECT * FROM a', 'SELECT * FROM b'])).toEqual([
        [{ id: 1, b: 1, n: 'x' }],
        [{ id: 1, a: 1 }],
      ]);
    });
  });

  it.each<[string, EditOptions, string]>([
    ['list', {}, 'Did you mean lists?'],
    ['notes_search', {}, 'not an ordinary table'],
    ['lists', { rename: ['titel:x'] }, 'has no column "titel"'],
    ['lists', { addCheck: 'nowhere > 1' }, 'no such column: nowhere'],
    ['lists', { addForeignKey: ['owner:nobody.id'] }, 'nobody'],
  ])('refuses %s with %j in a sentence', async (table, options, message) => {
    const error: unknown = await rebuild(treeWith(LISTS), table, options).catch((thrown: unknown) => thrown);
    expect(`${String(error)} ${error instanceof Error && 'fix' in error ? String(error.fix) : ''}`).toContain(
      message,
    );
  });

  it('says which migration does not run', async () => {
    const tree = treeWith('CREATE TABLE a (id INTEGER PRIMARY KEY);\nALTER TABLE nowhere ADD COLUMN x;\n');
    await expect(rebuild(tree, 'a')).rejects.toMatchObject({
      code: 'cannot-replay',
      message: expect.stringContaining('no such table: nowhere'),
    });
  });
});
