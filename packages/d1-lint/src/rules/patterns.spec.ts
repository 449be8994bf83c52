import { databasePool } from '../testing/database-pool.ts';
import type { Example } from '../engine/rule.ts';
import { exampleFiles, lintExample } from '../testing/examples.ts';

const pool = databasePool();
afterAll(() => pool.close());

const rulesOf = async (example: Example): Promise<readonly string[]> =>
  (await lintExample(example)).findings.map(({ rule }) => rule);

describe('what people write and is right', () => {
  it('may be a self-reference of a new table that is still empty when the old one goes', async () => {
    const table = (name: string) =>
      `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES channels (id) ON DELETE CASCADE, name TEXT)`;
    const files = (parent: string) => ({
      '0001_channels.sql': `${table('channels')};\nCREATE INDEX channels_parent ON channels (parent_id);`,
      '0002_channels.sql': `CREATE TABLE keep_parents (id INTEGER PRIMARY KEY, parent_id INTEGER);
INSERT INTO keep_parents (id, parent_id) SELECT id, parent_id FROM channels WHERE parent_id IS NOT NULL;
${table('new_channels')};
INSERT INTO new_channels (id, parent_id, name) SELECT id, ${parent}, name FROM channels;
DROP TABLE channels;
ALTER TABLE new_channels RENAME TO channels;
UPDATE channels SET parent_id = (SELECT k.parent_id FROM keep_parents AS k WHERE k.id = channels.id) WHERE id IN (SELECT id FROM keep_parents);
DROP TABLE keep_parents;
CREATE INDEX channels_parent ON channels (parent_id);`,
    });
    expect(await rulesOf(files('NULL'))).toEqual([]);
    expect(await rulesOf(files('parent_id'))).toEqual(['data/rebuild-cascades']);
  });

  it('may empty a search table before it is filled again', async () => {
    const off = '-- d1-lint-disable-file schema/fts-blocks-export: backed up with d1-backup\n';
    expect(
      await rulesOf({
        '0001_notes.sql': `${off}CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIRTUAL TABLE notes_search USING fts5(body, content='notes', content_rowid='id');`,
        '0002_search.sql': `DELETE FROM notes_search;
INSERT INTO notes_search (rowid, body) SELECT id, body FROM notes;`,
      }),
    ).toEqual([]);
  });

  it('may be numbered with a hyphen after the number', async () => {
    expect(await rulesOf({ '0001-a.sql': 'SELECT 1;', '0002-b.sql': 'SELECT 1;' })).toEqual([]);
    expect(await rulesOf({ '8-a.sql': 'SELECT 1;', '9-b.sql': 'SELECT 1;' })).toEqual([
      'history/number-width',
      'history/number-width',
    ]);
  });

  it('may be numbered with three digits throughout, and not with three and four', async () => {
    expect(await rulesOf({ '099_a.sql': 'SELECT 1;', '100_b.sql': 'SELECT 1;' })).toEqual([]);
    expect(await rulesOf({ '999_a.sql': 'SELECT 1;', '1000_b.sql': 'SELECT 1;' })).toContain(
      'history/number-width',
    );
  });

  it('may switch foreign keys on, which they are: a warning, and none after an OFF', async () => {
    const create = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);';
    const { findings } = await lintExample(`PRAGMA foreign_keys = ON;\n${create}`);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['compat/needless-pragma', 'warning'],
    ]);
    expect(await rulesOf(`PRAGMA foreign_keys = OFF;\n${create}\nPRAGMA foreign_keys = ON;`)).toEqual([
      'compat/foreign-keys-pragma-is-noop',
    ]);
  });

  it('may have CASE in parentheses in a trigger', async () => {
    expect(
      await rulesOf(`CREATE TABLE notes (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
CREATE TABLE changes (id INTEGER PRIMARY KEY, what TEXT NOT NULL);
CREATE TRIGGER notes_change AFTER UPDATE ON notes BEGIN
  INSERT INTO changes (what) VALUES ((CASE WHEN new.state = 'gone' THEN 'delete' ELSE 'update' END));
END;`),
    ).toEqual([]);
  });
});

describe('a table that is renamed, and then rebuilt under its new name', () => {
  const before = {
    '0001_tables.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, nick TEXT NOT NULL);
CREATE INDEX users_nick ON users (nick);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user ON posts (user_id);`,
  };
  const renames = `ALTER TABLE users RENAME TO person;
ALTER TABLE posts RENAME TO post;
ALTER TABLE person RENAME COLUMN nick TO name;
`;
  const rebuild = (table: string, columns: string, list: string) => `CREATE TABLE new_${table} (${columns});
INSERT INTO new_${table} (${list}) SELECT ${list} FROM ${table};
DROP TABLE ${table};
ALTER TABLE new_${table} RENAME TO ${table};
`;
  const person = rebuild('person', 'id INTEGER PRIMARY KEY, name TEXT NOT NULL', 'id, name');
  const post = rebuild(
    'post',
    'id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE',
    'id, user_id',
  );
  const index = 'CREATE INDEX person_name ON person (name);';
  const renamed = ['safety/rename-table', 'safety/rename-table', 'safety/rename-column'];

  it('is no dropped table, but takes the rows of its children with it', async () => {
    expect(await rulesOf({ ...before, '0002_names.sql': `${renames}${person}${index}` })).toEqual([
      ...renamed,
      'data/rebuild-cascades',
    ]);
  });

  it('takes them also where the child was rebuilt before', async () => {
    expect(
      await rulesOf({
        ...before,
        '0002_names.sql': `${renames}${post}${person}${index}\nCREATE INDEX post_user ON post (user_id);`,
      }),
    ).toEqual([...renamed, 'data/rebuild-cascades']);
  });

  it('loses its indexes like any other', async () => {
    expect(
      await rulesOf({
        ...before,
        '0002_names.sql': `${renames}${post.replace(' ON DELETE CASCADE', '')}CREATE INDEX post_user ON post (user_id);`,
      }),
    ).toEqual(renamed);
    expect(await rulesOf({ ...before, '0002_names.sql': `${renames}${post}` })).toEqual([
      ...renamed,
      'fk/missing-index',
      'data/rebuild-loses-objects',
    ]);
  });
});

describe('a rebuild that is proposed', () => {
  const before = {
    '0001_posts.sql': `CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, thread TEXT);
CREATE INDEX posts_thread ON posts (thread);
CREATE TABLE likes (id INTEGER PRIMARY KEY, post_id INTEGER REFERENCES posts (id) ON DELETE CASCADE);
CREATE INDEX likes_post ON likes (post_id);
INSERT INTO posts (id, title) VALUES (1, 'First');
INSERT INTO likes (id, post_id) VALUES (1, 1);`,
  };

  /** The file with the proposal in place of its rebuild. */
  async function propose(above: string, rebuild: string) {
    const { findings } = await lintExample({ ...before, '0002_posts.sql': `${above}${rebuild}` });
    const help = findings.find(({ rule }) => rule === 'data/rebuild-cascades')?.help ?? '';
    return { ...before, '0002_posts.sql': `${above}${help.slice(help.indexOf('\n') + 1)}` };
  }

  async function likesAfter(files: Example): Promise<unknown> {
    const database = await pool.take();
    for (const { text } of exampleFiles(files)) {
      await database.batch(text.split(';').filter((part) => part.trim() !== ''));
    }
    const [rows] = await database.batch(['SELECT post_id FROM likes']);
    return rows;
  }

  it('knows what the file has altered before, and leaves out an index on a column that goes', async () => {
    const proposed = await propose(
      'ALTER TABLE likes ADD COLUMN at TEXT;\n',
      `CREATE TABLE new_posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL) STRICT;
INSERT INTO new_posts (id, title) SELECT id, coalesce(thread, title) FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;`,
    );
    expect(await rulesOf(proposed)).toEqual([]);
    expect(proposed['0002_posts.sql']).toContain('SELECT id, post_id, at FROM likes');
    expect(proposed['0002_posts.sql']).not.toContain('posts_thread');
    expect(await likesAfter(proposed)).toEqual([{ post_id: 1 }]);
  });

  it('names the columns where the copy has a star', async () => {
    const proposed = await propose(
      '',
      `CREATE TABLE new_posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, thread TEXT) STRICT;
INSERT INTO new_posts SELECT * FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;`,
    );
    expect(await rulesOf(proposed)).toEqual([]);
    expect(proposed['0002_posts.sql']).toContain(
      'INSERT INTO new_posts (id, title, thread) SELECT id, title, thread FROM posts',
    );
    expect(await likesAfter(proposed)).toEqual([{ post_id: 1 }]);
  });
});
