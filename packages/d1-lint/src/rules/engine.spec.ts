import { canonicalSql } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { databasePool, type TestDatabase } from '../testing/database-pool.ts';
import { fixFiles } from '../engine/fix.ts';
import { exampleFiles, lintExample, lintFiles, wranglerSplit } from '../testing/examples.ts';
import { lostRows, runFiles } from '../testing/lost-rows.ts';
import type { Example, Rule } from '../engine/rule.ts';
import { allRules } from './index.ts';

/** What the rules claim, on D1 itself: workerd, as wrangler runs it. Each example gets a database of its own. */
const split = { loadSplit: wranglerSplit };
const pool = databasePool();
afterAll(() => pool.close());

const ofKind = (kind: Rule['kind']) =>
  allRules.filter((rule) => rule.kind === kind).map((rule) => [rule.id, rule] as const);

const withDatabase = async <Value>(use: (database: TestDatabase) => Promise<Value>): Promise<Value> =>
  use(await pool.take());

const runExample = (example: Example): Promise<string | undefined> =>
  withDatabase((database) =>
    runFiles(
      database,
      exampleFiles(example).map(({ text }) => text),
    ),
  );

/** The files all run; what the last one loses. */
const lostBy = (texts: readonly string[]): Promise<readonly string[]> =>
  withDatabase(async (database) => {
    const { error, lost } = await lostRows(database, texts);
    expect(error).toBeUndefined();
    return lost;
  });

const textsOf = (example: Example): readonly string[] => exampleFiles(example).map(({ text }) => text);

describe.each(ofKind('engine'))('%s', (_, rule) => {
  it(`shows what D1 ${rule.workerd === 'accepts' ? 'lets pass' : 'refuses'}`, async () => {
    for (const [index, example] of rule.bad.entries()) {
      const error = await runExample(example);
      expect({ index, refused: error !== undefined }).toEqual({ index, refused: rule.workerd !== 'accepts' });
    }
  });
});

describe.each(allRules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  it('has good examples that D1 accepts', async () => {
    for (const example of rule.good) expect(await runExample(example)).toBeUndefined();
  });
});

const schemaAfter = async (texts: readonly string[]): Promise<readonly unknown[] | undefined> => {
  const database = await pool.take();
  if ((await runFiles(database, texts)) !== undefined) return undefined;
  const [rows = []] = await database.batch([
    "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
  ]);
  const tokenize = await loadTokenizer();
  return rows.map(({ type, name, sql }) => [type, name, canonicalSql(String(sql), tokenize)]);
};

describe.each(allRules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  it('has safe fixes that leave the schema as it is, and that make a refused file run', async () => {
    const config = { rules: { [rule.id]: rule.severity } };
    for (const example of rule.bad) {
      const files = exampleFiles(example);
      const { changed, result } = await fixFiles(files, (current) =>
        lintFiles(current, config, rule.since, split),
      );
      if (changed.length === 0) continue;
      const fixed = files.map((file) => changed.find(({ name }) => name === file.name)?.text ?? file.text);
      const before = await schemaAfter(textsOf(example));
      const after = await schemaAfter(fixed);
      if (before !== undefined) expect(after).toEqual(before);
      if (result.findings.length === 0) expect(after).toBeDefined();
    }
  });
});

describe.each(ofKind('data'))('%s', (_, rule) => {
  it('has bad examples that lose or alter data', async () => {
    for (const example of rule.bad) expect(await lostBy(textsOf(example))).not.toEqual([]);
  });

  it('has good examples that lose none', async () => {
    for (const example of rule.good) expect(await lostBy(textsOf(example))).toEqual([]);
  });
});

describe('the rebuild that data/rebuild-cascades proposes', () => {
  it('loses nothing, is clean, and keeps indexes, triggers, views and grandchildren', async () => {
    const files = {
      '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
      '0002_posts.sql': `CREATE TABLE "posts" (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL
        REFERENCES "users"(id) ON DELETE CASCADE);
        CREATE INDEX posts_user_id ON posts (user_id);
        CREATE TRIGGER posts_touch AFTER UPDATE ON posts BEGIN SELECT 1; END;
        CREATE VIEW authors AS SELECT users.name FROM users JOIN posts ON posts.user_id = users.id;`,
      '0003_likes.sql': `CREATE TABLE likes (id INTEGER PRIMARY KEY, post_id INTEGER
        REFERENCES posts ON DELETE SET NULL);
        CREATE INDEX likes_post_id ON likes (post_id);`,
      '0004_users.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
      '0005_posts.sql': 'INSERT INTO posts (id, user_id) VALUES (1, 1), (2, 1);',
      '0006_likes.sql': 'INSERT INTO likes (id, post_id) VALUES (1, 1), (2, 2);',
      '0007_bio.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT NOT NULL DEFAULT '');
        INSERT INTO new_users (id, name) SELECT id, name FROM users;
        DROP TABLE users;
        ALTER TABLE new_users RENAME TO users;`,
    };
    const finding = (await lintExample(files)).findings.find(({ rule }) => rule === 'data/rebuild-cascades');
    const proposal = finding?.help.slice(finding.help.indexOf('\n') + 1) ?? '';
    const proposed = { ...files, '0007_bio.sql': proposal };
    expect((await lintExample(proposed)).findings).toEqual([]);
    expect(await lostBy(textsOf(proposed))).toEqual([]);
    await withDatabase(async (database) => {
      await runFiles(database, textsOf(proposed));
      const [objects = []] = await database.batch([
        "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view') ORDER BY name",
      ]);
      expect(objects.map(({ name }) => name)).toEqual([
        'authors',
        'likes_post_id',
        'posts_touch',
        'posts_user_id',
      ]);
      const [references = []] = await database.batch(["SELECT sql FROM sqlite_schema WHERE name = 'posts'"]);
      expect(String(references[0]?.['sql'])).toContain('REFERENCES "users"');
    });
  });
});

describe('safety/fts-not-filled', () => {
  const files = (fill: string) => [
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);',
    "INSERT INTO posts (id, title) VALUES (1, 'first');",
    `CREATE VIRTUAL TABLE posts_search USING fts5 (title, content = 'posts', content_rowid = 'id');
     ${fill}
     CREATE TRIGGER posts_gone AFTER DELETE ON posts BEGIN
       INSERT INTO posts_search (posts_search, rowid, title) VALUES ('delete', old.id, old.title);
     END;`,
    'DELETE FROM posts WHERE id = 1;',
  ];

  it('tells the truth: a row that is not in the index cannot be deleted', async () => {
    await withDatabase(async (database) => {
      expect(String(await runFiles(database, files('')))).toContain('malformed');
    });
    await withDatabase(async (database) => {
      const filled = files("INSERT INTO posts_search (posts_search) VALUES ('rebuild');");
      expect(await runFiles(database, filled)).toBeUndefined();
    });
  });
});

describe('compat/foreign-keys-pragma-is-noop', () => {
  it('tells the truth: the pragma reads back as on, and a violation is refused', async () => {
    await withDatabase(async (database) => {
      const [, read = []] = await database.batch(['PRAGMA foreign_keys = OFF', 'PRAGMA foreign_keys']);
      expect(Object.values(read[0] ?? {})).toEqual([1]);
    });
  });
});
