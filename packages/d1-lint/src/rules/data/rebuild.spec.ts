import { loadTokenizer, splitStatements } from 'd1-core/sql';
import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';

/** What the rules say of a copy is what D1 does with it: each case is run on tables with rows. */
const pool = databasePool();
afterAll(() => pool.close());

const columns = 'id INTEGER PRIMARY KEY, name TEXT, phone TEXT';
const before = {
  '0001_tables.sql': `CREATE TABLE users (${columns});
CREATE TABLE teams (id INTEGER PRIMARY KEY, label TEXT);`,
  '0004_seed.sql': `INSERT INTO users (id, name, phone) VALUES (1, 'Ada', '1'), (2, NULL, '2'), (3, 'Ada', '3');
INSERT INTO teams (id, label) VALUES (1, 'red');`,
};
const children = {
  ...before,
  '0002_posts.sql': `CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT);
CREATE INDEX posts_user_id ON posts (user_id);`,
  '0003_likes.sql': `CREATE TABLE likes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL);
CREATE INDEX likes_user_id ON likes (user_id);`,
  '0005_children.sql': `INSERT INTO posts (id, user_id, title) VALUES (1, 1, 'a'), (2, 2, 'b'), (3, NULL, 'c');
INSERT INTO likes (id, user_id) VALUES (1, 1), (2, 2), (3, NULL);`,
};

const ids = 'SELECT count(*) AS n FROM users';
const phones = 'SELECT count(phone) AS n FROM users';
const list = 'id, name, phone';
const into = `INSERT INTO new_users (${list}) SELECT ${list} FROM users`;

const rebuild = (...copies: readonly string[]): string =>
  [
    `CREATE TABLE new_users (${columns})`,
    ...copies,
    'DROP TABLE users',
    'ALTER TABLE new_users RENAME TO users',
  ]
    .map((sql) => `${sql};`)
    .join('\n');

async function measure(files: Readonly<Record<string, string>>, query: string): Promise<readonly unknown[]> {
  const [database, tokenize] = await Promise.all([pool.take(), loadTokenizer()]);
  const texts = Object.values(files);
  const run = (text: string) =>
    database.batch(splitStatements(tokenize(text)).map(({ start, end }) => text.slice(start, end)));
  for (const text of texts.slice(0, -1)) await run(text);
  const [first] = await database.batch([query]);
  await run(texts.at(-1) ?? '');
  const [last] = await database.batch([query]);
  return [first, last];
}

/** Whether the last file changes what a query returns, and what the rules say of that file. */
async function judge(
  sql: string,
  query: string,
  files: Readonly<Record<string, string>> = before,
): Promise<{ readonly loses: boolean; readonly rules: readonly string[] }> {
  const all = { ...files, '0009_change.sql': sql };
  const { findings } = await lintExample(all);
  const [first, last] = await measure(all, query);
  return {
    loses: JSON.stringify(first) !== JSON.stringify(last),
    rules: findings.filter(({ kind }) => kind === 'data').map(({ rule }) => rule),
  };
}

describe('a copy that leaves rows out', () => {
  it.each([
    ['by a condition', `${into} WHERE name = 'Ada'`],
    ['by two conditions that do not meet', `${into} WHERE name = 'Ada';\n${into} WHERE name <> 'Ada'`],
    [
      'by two conditions with more than the opposite',
      `${into} WHERE id < 2;\n${into} WHERE id >= 2 AND id < 3`,
    ],
    ['by a LIMIT', `${into} ORDER BY id LIMIT 2`],
    ['by groups', `${into} GROUP BY name`],
    ['by groups of a size', `${into} GROUP BY name HAVING count(*) > 1`],
    ['by DISTINCT', `INSERT INTO new_users (name) SELECT DISTINCT name FROM users`],
    [
      'by a join',
      'INSERT INTO new_users (id, name, phone) SELECT users.id, name, phone FROM users JOIN teams ON teams.id = users.id',
    ],
    [
      'by the side of an outer join',
      'INSERT INTO new_users (id, name, phone) SELECT users.id, name, phone FROM teams LEFT JOIN users ON teams.id = users.id',
    ],
    [
      'by a query that it reads',
      `INSERT INTO new_users (${list}) SELECT ${list} FROM (SELECT * FROM users WHERE id > 1)`,
    ],
    [
      'by a common table expression',
      `WITH some AS (SELECT * FROM users WHERE id > 1) INSERT INTO new_users (${list}) SELECT ${list} FROM some`,
    ],
    ['by EXCEPT', `${into} EXCEPT SELECT 1, 'Ada', '1'`],
    ['by OR IGNORE', `CREATE UNIQUE INDEX new_name ON new_users (name);\nINSERT OR IGNORE${into.slice(6)}`],
    ['by OR REPLACE', `CREATE UNIQUE INDEX new_name ON new_users (name);\nINSERT OR REPLACE${into.slice(6)}`],
    [
      'by ON CONFLICT',
      `CREATE UNIQUE INDEX new_name ON new_users (name);\n${into} WHERE true ON CONFLICT DO NOTHING`,
    ],
    ['by a function that makes one row of all', `INSERT INTO new_users (id) SELECT max(id) FROM users`],
  ])('is found: %s', async (_, copy) => {
    const { loses, rules } = await judge(rebuild(copy), ids);
    expect(loses).toBe(true);
    expect(rules).toContain('data/rebuild-drops-rows');
  });

  it.each([
    ['an order', `${into} ORDER BY phone`],
    ['a condition that is always true', `${into} WHERE true`],
    ['two conditions that are opposite', `${into} WHERE name IS NULL;\n${into} WHERE name IS NOT NULL`],
    ['two comparisons of a column that is never NULL', `${into} WHERE id < 2;\n${into} WHERE id >= 2`],
    [
      'groups of one row',
      `INSERT INTO new_users (${list}) SELECT u.id, u.name, u.phone FROM users AS u LEFT JOIN teams AS t ON t.id >= u.id GROUP BY u.id`,
    ],
    [
      'an outer join from the table',
      `INSERT INTO new_users (${list}) SELECT users.id, name, phone FROM users LEFT JOIN teams ON teams.id = users.id`,
    ],
    ['another table after it', `${into} UNION ALL SELECT id + 100, label, NULL FROM teams WHERE id > 7`],
    [
      'the opposite in another table that stays',
      `CREATE TABLE lost AS SELECT * FROM users WHERE id > 9;\n${into} WHERE id <= 9`,
    ],
  ])('is not meant by %s', async (_, copy) => {
    expect(await judge(rebuild(copy), ids)).toEqual({ loses: false, rules: [] });
  });

  it('is found on the way into a table that is dropped again', async () => {
    const keep = (where: string) => `CREATE TABLE keep AS SELECT * FROM users${where};
DROP TABLE users;
CREATE TABLE users (${columns});
INSERT INTO users (${list}) SELECT ${list} FROM keep;
DROP TABLE keep;`;
    expect(await judge(keep(' WHERE id > 1'), ids)).toEqual({
      loses: true,
      rules: ['data/rebuild-drops-rows'],
    });
    expect(await judge(keep(''), ids)).toEqual({ loses: false, rules: [] });
  });
});

describe('a copy that leaves a column out', () => {
  it.each([
    ['only orders by it', 'SELECT id, name FROM users ORDER BY phone'],
    ['only asks for it in a condition', 'SELECT id, name FROM users WHERE phone IS NULL OR true'],
    ['only groups by it', 'SELECT id, name FROM users GROUP BY id, phone'],
    ['only joins by it', 'SELECT users.id, name FROM users LEFT JOIN teams ON teams.label = phone'],
    [
      'reads it from a query and does not take it',
      'SELECT id, name FROM (SELECT id, name, phone FROM users)',
    ],
  ])('is found where it %s', async (_, select) => {
    const { loses, rules } = await judge(rebuild(`INSERT INTO new_users (id, name) ${select}`), phones);
    expect(loses).toBe(true);
    expect(rules).toContain('data/rebuild-drops-column');
  });

  it('is found where a table that is dropped again had it, and not where that had it under another name', async () => {
    const keep = (create: string, copy: string) => `${create};
DROP TABLE users;
CREATE TABLE users (${columns});
${copy};
DROP TABLE keep;`;
    expect(
      await judge(
        keep(
          'CREATE TABLE keep AS SELECT * FROM users',
          'INSERT INTO users (id, name) SELECT id, name FROM keep',
        ),
        phones,
      ),
    ).toEqual({ loses: true, rules: ['data/rebuild-drops-column'] });
    expect(
      await judge(
        keep(
          'CREATE TABLE keep AS SELECT id, name, phone AS tel FROM users',
          `INSERT INTO users (${list}) SELECT id, name, tel FROM keep`,
        ),
        phones,
      ),
    ).toEqual({ loses: false, rules: [] });
  });

  it('is found where CREATE TABLE … AS makes the new table', async () => {
    const sql =
      'CREATE TABLE new_users AS SELECT id, name, NULL AS phone FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;';
    const { loses, rules } = await judge(sql, phones);
    expect(loses).toBe(true);
    expect(rules).toEqual(['data/rebuild-drops-column']);
  });
});

describe('a rename earlier in the file', () => {
  it.each([
    ['DROP COLUMN', 'ALTER TABLE people DROP COLUMN tel;', 'data/drop-column'],
    ['DELETE', 'DELETE FROM people;', 'data/delete-without-where'],
    ['UPDATE', "UPDATE people SET tel = '';", 'data/update-without-where'],
    ['REPLACE', 'REPLACE INTO people (id) VALUES (1);', 'data/insert-or-replace'],
  ])('does not hide what %s does', async (_, statement, rule) => {
    const renames = 'ALTER TABLE users RENAME TO people;\nALTER TABLE people RENAME COLUMN phone TO tel;';
    const { findings } = await lintExample({ ...before, '0009_change.sql': `${renames}\n${statement}` });
    expect(findings.filter(({ kind }) => kind === 'data').map((one) => one.rule)).toEqual([rule]);
    const [first, last] = await measure(
      { ...before, '0008_names.sql': renames, '0009_change.sql': statement },
      'SELECT * FROM people',
    );
    expect(last).not.toEqual(first);
  });

  it('does not make a column that is added afterwards one that was there', async () => {
    const sql = `ALTER TABLE users RENAME COLUMN phone TO tel;
ALTER TABLE users ADD COLUMN phone TEXT;
UPDATE users SET phone = 'none';`;
    expect(await judge(sql, 'SELECT count(*) AS n FROM users')).toEqual({ loses: false, rules: [] });
  });
});

describe('a rebuild earlier in the file', () => {
  it('does not hide a DELETE, an UPDATE and a DROP COLUMN of what it has copied', async () => {
    const sql = `CREATE TABLE new_users (${columns}, bio TEXT);
${into};
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
UPDATE users SET bio = '';
UPDATE users SET name = '';
ALTER TABLE users DROP COLUMN phone;
DELETE FROM users;`;
    expect(await judge(sql, ids)).toEqual({
      loses: true,
      rules: ['data/update-without-where', 'data/drop-column', 'data/delete-without-where'],
    });
  });
});

describe('the rows of children', () => {
  const posts = 'SELECT * FROM posts ORDER BY id';
  const likes = 'SELECT * FROM likes ORDER BY id';
  const keepLikes = 'CREATE TABLE keep_likes AS SELECT id, user_id FROM likes WHERE user_id IS NOT NULL;';
  const restoreLikes =
    'UPDATE likes SET user_id = (SELECT user_id FROM keep_likes AS k WHERE k.id = likes.id) WHERE id IN (SELECT id FROM keep_likes);\nDROP TABLE keep_likes;';
  const keepPosts = 'CREATE TABLE keep_posts AS SELECT * FROM posts;';
  const restorePosts =
    'INSERT OR IGNORE INTO posts (id, user_id, title) SELECT id, user_id, title FROM keep_posts;\nDROP TABLE keep_posts;';
  const change = (keep: string, restore: string) => `${keep}\n${rebuild(into)}\n${restore}`;

  it('are not lost where the file keeps all of them, and writes them back', async () => {
    const sql = change(`${keepPosts}\n${keepLikes}`, `${restorePosts}\n${restoreLikes}`);
    for (const query of [posts, likes]) {
      expect(await judge(sql, query, children)).toEqual({ loses: false, rules: [] });
    }
  });

  it.each([
    ['keeps some of them', keepPosts.replace(';', ' WHERE id > 1;'), restorePosts],
    ['keeps the first of them', keepPosts.replace(';', ' ORDER BY id LIMIT 1;'), restorePosts],
    ['keeps not all of their columns', keepPosts.replace('*', 'id, user_id, NULL AS title'), restorePosts],
    ['writes some of them back', keepPosts, restorePosts.replace(';', ' WHERE id > 1;')],
    ['writes not all columns back', keepPosts, restorePosts.replaceAll(', title', '')],
  ])('are lost where the file %s', async (_, keep, restore) => {
    const sql = change(`${keep}\n${keepLikes}`, `${restore}\n${restoreLikes}`);
    expect(await judge(sql, posts, children)).toEqual({ loses: true, rules: ['data/rebuild-cascades'] });
  });

  it('lose their keys where the file writes back not all of them', async () => {
    const restore = restoreLikes.replace('id IN (SELECT id FROM keep_likes)', 'id = 1');
    const sql = change(`${keepPosts}\n${keepLikes}`, `${restorePosts}\n${restore}`);
    expect(await judge(sql, likes, children)).toEqual({ loses: true, rules: ['data/rebuild-cascades'] });
  });

  it('are lost where the file empties a child, and fills it again before the parent is dropped', async () => {
    const fill = 'DELETE FROM posts WHERE true;\nINSERT INTO posts (id, user_id) VALUES (1, 1);';
    const sql = change(`${keepLikes}\n${fill}`, restoreLikes);
    const { rules } = await judge(sql, posts, children);
    expect(rules).toEqual(['data/rebuild-cascades']);
    const [, last] = await measure(
      { ...children, '0009_change.sql': sql },
      'SELECT count(*) AS n FROM posts',
    );
    expect(last).toEqual([{ n: 0 }]);
  });
});

describe('an index that a rebuild does not create again', () => {
  const rulesOf = async (indexes: string, again = '') => {
    const { findings } = await lintExample({
      '0001_users.sql': `-- d1-lint-disable-file schema/redundant-index: from before\nCREATE TABLE users (${columns});\n${indexes}`,
      '0002_users.sql': `${rebuild(into)}\n${again}`,
    });
    const own = findings.filter(({ rule }) => !rule.startsWith('meta/'));
    return own.map(({ rule, help }) => [rule, help.split('\n').filter((line) => line.startsWith('CREATE'))]);
  };
  const byName = 'CREATE INDEX users_name ON users (name);';
  const byBoth = 'CREATE INDEX users_both ON users (name, phone);';

  it('is not missed where one that is there finds all that it finds, so that no rule contradicts another', async () => {
    expect(await rulesOf(`${byName}\n${byBoth}`, byBoth)).toEqual([]);
    expect(await rulesOf('CREATE INDEX users_id ON users (id);')).toEqual([]);
    expect(await rulesOf(`${byName}\n${byBoth}`, byName)).toEqual([['data/rebuild-loses-objects', [byBoth]]]);
    expect(await rulesOf(`${byName}\n${byBoth}`)).toEqual([['data/rebuild-loses-objects', [byBoth]]]);
    expect(await rulesOf(`${byName}\nCREATE INDEX users_again ON users (name);`)).toEqual([
      ['data/rebuild-loses-objects', ['CREATE INDEX users_again ON users (name);']],
    ]);
  });

  it('is missed where it alone keeps a rule', async () => {
    const unique = 'CREATE UNIQUE INDEX users_name ON users (name);';
    expect(await rulesOf(`${unique}\n${byBoth}`, byBoth)).toEqual([['data/rebuild-loses-objects', [unique]]]);
  });
});
