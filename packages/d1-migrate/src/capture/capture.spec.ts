import { startEngine, type Engine } from 'd1-core/database';
import { readMigration } from 'd1-core/migrations';
import { loadTokenizer, splitStatements, statementText, type Tokenize } from 'd1-core/sql';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { replayMigrations } from '../replay/index.ts';
import { invert } from '../invert/index.ts';
import { captureChanges } from './index.ts';

const USERS = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, rank, mail TEXT);
CREATE TABLE posts (slug TEXT PRIMARY KEY NOT NULL, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
CREATE TABLE comments (post TEXT NOT NULL REFERENCES posts (slug) ON DELETE CASCADE, n INTEGER NOT NULL, reviewer INTEGER REFERENCES users (id) ON DELETE SET NULL, PRIMARY KEY (post, n)) WITHOUT ROWID;
CREATE TABLE logs (text TEXT);
CREATE VIRTUAL TABLE search USING fts5(title, content='posts');
CREATE TRIGGER posts_ai AFTER INSERT ON posts BEGIN INSERT INTO search (rowid, title) VALUES (new.rowid, new.title); END;
CREATE TRIGGER posts_ad AFTER DELETE ON posts BEGIN INSERT INTO search (search, rowid, title) VALUES ('delete', old.rowid, old.title); END;
`;

const ROWS = [
  "INSERT INTO users VALUES (1, 'one', 1.0, NULL), (2, 'two', '007', 'a@b'), (3, 'three', x'00ff', '')",
  "INSERT INTO posts VALUES ('a', 1, 'fish'), ('b', 2, 'bird'), ('c', 3, 'fish and bird')",
  "INSERT INTO comments VALUES ('a', 1, 2), ('a', 2, 1), ('c', 1, 1)",
  "INSERT INTO logs VALUES ('same'), ('same'), (NULL)",
];

const READS = [
  'SELECT id, quote(name) AS name, quote(rank) AS rank, typeof(rank) AS type, quote(mail) AS mail FROM users ORDER BY id',
  'SELECT rowid, * FROM posts ORDER BY slug',
  'SELECT * FROM comments ORDER BY post, n',
  'SELECT rowid, text FROM logs ORDER BY rowid',
  "SELECT title FROM search WHERE search MATCH 'fish' ORDER BY rowid",
  "SELECT type, name FROM sqlite_master WHERE name NOT GLOB '_cf_*' ORDER BY name",
];

const MIGRATIONS: readonly (readonly [string, string])[] = [
  ['an UPDATE of some rows', 'UPDATE users SET name = upper(name), rank = 5 WHERE id > 1;'],
  ['an UPDATE with an alias, of all rows', 'UPDATE users AS u SET mail = u.name;'],
  [
    'a DELETE, with the rows that go with it and the values that become NULL',
    'DELETE FROM users WHERE id IN (1, 3);',
  ],
  [
    'a DELETE of rows that only their number tells apart',
    "DELETE FROM logs WHERE text = 'same' AND rowid = 2;",
  ],
  ['two statements on one table', "UPDATE users SET name = 'x';\nDELETE FROM users WHERE id = 2;"],
  [
    'statements among changes of the schema',
    `ALTER TABLE users RENAME COLUMN name TO full_name;
ALTER TABLE users ADD COLUMN short TEXT;
UPDATE users SET full_name = 'x', short = substr(full_name, 1, 1);
ALTER TABLE users RENAME TO people;
DELETE FROM people WHERE id = 3;`,
  ],
  [
    'a DELETE below an announcement',
    `-- Migration: Tidy up

-- Nobody needs these.
-- d1-migrate: expect-rows-lost logs: tidying up
DELETE FROM logs;`,
  ],
];

describe('a migration that keeps what it changes', () => {
  let engine: Engine;
  let tokenize: Tokenize;
  beforeAll(async () => {
    tokenize = await loadTokenizer();
    const databases = Object.fromEntries(MIGRATIONS.map((_, index) => [`C${index}`, `capture-${index}`]));
    engine = await startEngine({ wrangler: testWrangler(), databases });
  });
  afterAll(() => engine.dispose());

  const statementsOf = (text: string) =>
    splitStatements(tokenize(text)).map((statement) => statementText(text, statement));

  async function stepOf(before: string, up: string) {
    const folder = temporaryFolder();
    writeFiles(folder, { '0001_before.sql': before, '0007_up.sql': up });
    const files = [1, 7].map((number, index) => {
      const name = index === 0 ? '0001_before.sql' : '0007_up.sql';
      return { name, path: join(folder, name), number };
    });
    const step = (await replayMigrations(files)).at(-1);
    if (step === undefined) throw new Error('no step');
    return { step, migration: readMigration(step.file) };
  }

  async function capture(before: string, up: string) {
    const { step, migration } = await stepOf(before, up);
    return captureChanges(step, migration, tokenize);
  }

  it.each(MIGRATIONS.map(([name, up], index) => [name, up, `C${index}`] as const))(
    'gives every row back: %s',
    async (_, up, binding) => {
      const captured = await capture(USERS, `${up}\n`);
      expect(captured.refused).toEqual([]);
      const inversion = await invert((await stepOf(USERS, captured.text)).step, tokenize);
      expect(inversion).toMatchObject({ class: 'exact', reasons: [], losses: [] });
      await engine.batch(binding, [...statementsOf(USERS), ...ROWS]);
      const before = await engine.batch(binding, READS);
      await engine.batch(binding, statementsOf(captured.text));
      await engine.batch(binding, inversion.statements);
      expect(await engine.batch(binding, READS)).toEqual(before);
    },
  );

  it('leaves the announcement directly above its statement', async () => {
    const up = '-- d1-migrate: expect-rows-lost logs: tidying up\nDELETE FROM logs;\n';
    const { text } = await capture(USERS, up);
    expect(text).toMatch(
      /in undo_0007_logs\n-- d1-migrate: expect-rows-lost logs: tidying up\nDELETE FROM logs;/,
    );
  });

  it('keeps nothing a second time, and nothing of rows that are new', async () => {
    const { text } = await capture(USERS, 'DELETE FROM logs;\n');
    expect(await capture(USERS, text)).toEqual({ text, undoTables: [], refused: [] });
    const fresh = 'CREATE TABLE fresh (a);\nINSERT INTO fresh VALUES (1);\nUPDATE fresh SET a = 2;\n';
    expect((await capture(USERS, fresh)).undoTables).toEqual([]);
  });

  it.each([
    ['UPDATE users SET id = id + 1;', 'changes id, by which its rows are known'],
    ['UPDATE OR REPLACE users SET name = 1;', 'rows that it replaces are gone'],
    ['UPDATE users SET name = p.title FROM posts AS p WHERE p.user_id = users.id;', 'FROM another table'],
    ['WITH w AS (SELECT 1) DELETE FROM users WHERE id IN (SELECT * FROM w);', 'a WITH'],
    ['DELETE FROM tree;', 'in a circle'],
    ['DELETE FROM watched;', 'the trigger watched_ad changes other rows'],
    ['UPDATE watched SET a = 1;', 'the trigger watched_au changes other rows'],
    ['DELETE FROM search;', 'not an ordinary table'],
  ])('refuses %s, and says why', async (up, reason) => {
    const more = `CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id) ON DELETE CASCADE);
CREATE TABLE watched (id INTEGER PRIMARY KEY, a);
CREATE TRIGGER watched_ad AFTER DELETE ON watched BEGIN DELETE FROM logs; END;
CREATE TRIGGER watched_au AFTER UPDATE ON watched BEGIN UPDATE logs SET text = new.a; END;
`;
    const { text, refused } = await capture(USERS + more, `SELECT 1;\n${up}\n`);
    expect(refused).toEqual([{ line: 2, reason: expect.stringContaining(reason) }]);
    expect(text).toBe(`SELECT 1;\n${up}\n`);
  });
});
