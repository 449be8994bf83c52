import type { Example } from '../../engine/rule.ts';
import { fixFiles } from '../../engine/fix.ts';
import { exampleFiles, lintExample, lintFiles } from '../../testing/examples.ts';
import { databasePool } from '../../testing/database-pool.ts';

const pool = databasePool();
afterAll(() => pool.close());

const strict = { preset: 'strict' } as const;

/** What the rules of this group find, as `rule @ text`. */
async function found(example: Example, ...only: readonly string[]): Promise<readonly string[]> {
  const { findings } = await lintExample(example, strict);
  const texts = new Map(exampleFiles(example).map(({ path, text }) => [path, text]));
  return findings
    .filter(({ rule }) => (only.length === 0 ? rule.startsWith('fk/') : only.includes(rule)))
    .map(({ rule, file, range }) => `${rule} @ ${texts.get(file)?.slice(range.start, range.end)}`);
}

async function messages(example: Example, rule: string): Promise<readonly string[]> {
  const { findings } = await lintExample(example, strict);
  return findings.filter((finding) => finding.rule === rule).map(({ message }) => message);
}

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

describe('fk/missing-index', () => {
  const rule = 'fk/missing-index';

  it.each([
    ['the rowid of the child is the key', 'id INTEGER PRIMARY KEY REFERENCES users (id)', ''],
    ['a UNIQUE constraint begins with it', 'id INTEGER PRIMARY KEY, u INT UNIQUE REFERENCES users (id)', ''],
    [
      'a primary key begins with it',
      'u INT REFERENCES users (id), n INT, PRIMARY KEY (u, n)',
      ') WITHOUT ROWID; --',
    ],
    [
      'an index of another case and quoting begins with it',
      'id INTEGER PRIMARY KEY, "User Id" INT REFERENCES "USERS" (id)',
      ');CREATE INDEX i ON C ([user id], id); --',
    ],
    [
      'a partial index leaves out only NULLs',
      'id INTEGER PRIMARY KEY, u INT REFERENCES users (id)',
      ');CREATE INDEX i ON c (u) WHERE "u" IS NOT NULL; --',
    ],
    [
      'an index has the columns in another order',
      'a INT, b INT, id INTEGER PRIMARY KEY, FOREIGN KEY (a, b) REFERENCES pairs (a, b)',
      ');CREATE INDEX i ON c (b, a, id); --',
    ],
    [
      'the table is dropped again',
      'id INTEGER PRIMARY KEY, u INT REFERENCES users (id)',
      ');DROP TABLE c; --',
    ],
  ])('is content when %s', async (_, columns, end) => {
    const pairs = 'CREATE TABLE pairs (a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b));';
    expect(await found(`${users}${pairs}CREATE TABLE c (${columns}${end});`, rule)).toEqual([]);
  });

  it.each([
    ['on an expression', 'CREATE INDEX i ON c (lower(u));'],
    ['with another condition', 'CREATE INDEX i ON c (u) WHERE id > 5;'],
    ['that begins with another column', 'CREATE INDEX i ON c (id, u);'],
  ])('does not take an index %s for one', async (_, index) => {
    const example = `${users} CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES users (id)); ${index}`;
    expect(await found(example, rule)).toEqual([`${rule} @ u`]);
  });

  it('sees a column that is added, a schema name, and a statement that does nothing', async () => {
    const files = {
      '0001_a.sql': `${users} CREATE TABLE main.c (id INTEGER PRIMARY KEY);`,
      '0002_b.sql': 'ALTER TABLE main.c ADD COLUMN `u` INTEGER REFERENCES users (id);',
      '0003_c.sql': 'CREATE TABLE IF NOT EXISTS c (id INTEGER PRIMARY KEY, v INT REFERENCES users (id));',
    };
    expect(await found(files, rule)).toEqual([`${rule} @ \`u\``]);
  });

  it("writes the index after the rename of a Drizzle Kit rebuild, under the table's final name", async () => {
    const files = {
      '0001_a.sql': `${users} CREATE TABLE \`posts\` (\`id\` integer PRIMARY KEY, \`u\` integer);`,
      '0002_b.sql': [
        'CREATE TABLE `__new_posts` (`id` integer PRIMARY KEY, `u` integer, FOREIGN KEY (`u`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action);',
        '--> statement-breakpoint',
        'INSERT INTO `__new_posts`("id", "u") SELECT "id", "u" FROM `posts`;--> statement-breakpoint',
        'DROP TABLE `posts`;--> statement-breakpoint',
        'ALTER TABLE `__new_posts` RENAME TO `posts`;',
      ].join('\n'),
    };
    const config = { preset: 'engine-only', rules: { [rule]: 'warning' } } as const;
    const { changed } = await fixFiles(exampleFiles(files), (current) => lintFiles(current, config));
    expect(changed.map(({ text }) => text)).toEqual([
      `${files['0002_b.sql']}\nCREATE INDEX posts_u ON posts (u);`,
    ]);
  });

  it('fixes only the last file, because a later one may make the index or rest on its name', async () => {
    const posts = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, u INTEGER REFERENCES users (id))';
    const safety = async (files: Example) =>
      (await lintExample(files)).findings.filter((one) => one.rule === rule).map(({ fix }) => fix?.safe);
    expect(await safety({ '0001_a.sql': `${users}${posts};`, '0002_b.sql': 'SELECT 1;' })).toEqual([false]);
    expect(await safety({ '0001_a.sql': users, '0002_b.sql': `${posts};` })).toEqual([true]);
  });

  it('fixes a file with several keys, and adds nothing but indexes to the schema', async () => {
    const text = `${users}
CREATE TABLE posts (id INTEGER PRIMARY KEY, a INTEGER REFERENCES users (id), b INTEGER REFERENCES users (id));
CREATE TABLE posts_a (id INTEGER PRIMARY KEY);
`;
    const { changed } = await fixFiles(exampleFiles(text), (current) => lintFiles(current));
    const fixed = changed[0]?.text ?? '';
    const objects = async (sql: string) => {
      const database = await pool.take();
      await database.batch(sql.split(';').filter((one) => one.trim() !== ''));
      const [rows = []] = await database.batch([
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY rowid",
      ]);
      return rows;
    };
    const after = await objects(fixed);
    expect(after.filter(({ type }) => type !== 'index')).toEqual(await objects(text));
    const indexes = after.filter(({ type }) => type === 'index').map(({ sql }) => sql);
    expect(indexes.sort()).toEqual([
      'CREATE INDEX posts_a_2 ON posts (a)',
      'CREATE INDEX posts_b ON posts (b)',
    ]);
    expect((await lintExample(fixed)).findings).toEqual([]);
  });
});

describe('fk/parent-not-unique', () => {
  const rule = 'fk/parent-not-unique';
  const child = (reference: string, columns = 'a INT, b INT') =>
    `CREATE TABLE c (id INTEGER PRIMARY KEY, ${columns}, FOREIGN KEY ${reference});`;

  it.each([
    [
      'the primary key that is not named',
      'CREATE TABLE p (x TEXT PRIMARY KEY NOT NULL);',
      '(a) REFERENCES p',
    ],
    [
      'a composite key in another order',
      'CREATE TABLE p (x INT NOT NULL, y INT NOT NULL, PRIMARY KEY (x, y));',
      '(a, b) REFERENCES p (y, x)',
    ],
    [
      'a UNIQUE constraint',
      'CREATE TABLE p (id INTEGER PRIMARY KEY, x INT, "Y" INT, UNIQUE (x, "Y"));',
      '(a, b) REFERENCES P ("X", [y])',
    ],
    [
      'a unique index that a later statement makes',
      'CREATE TABLE p (id INTEGER PRIMARY KEY, x INT);',
      '(a) REFERENCES p (x)); CREATE UNIQUE INDEX u ON p (x); SELECT (1',
    ],
    ['itself', '', '(a) REFERENCES c (id)'],
  ])('accepts %s', async (_, parent, reference) => {
    expect(await found(`${parent}${child(reference)}`, rule)).toEqual([]);
  });

  it.each([
    [
      'a plain index',
      'x INT); CREATE INDEX i ON p (x',
      '(a) REFERENCES p (x)',
      'neither its primary key nor unique',
    ],
    [
      'a partial unique index',
      'x INT); CREATE UNIQUE INDEX i ON p (x) WHERE x > 1; SELECT (1',
      '(a) REFERENCES p (x)',
      'nor unique',
    ],
    ['a part of a unique index', 'x INT, y INT, UNIQUE (x, y)', '(a) REFERENCES p (x)', 'nor unique'],
    [
      'too few columns',
      'x INT, y INT, PRIMARY KEY (x, y)',
      '(a) REFERENCES p',
      'whose primary key has 2 columns',
    ],
    ['no primary key', 'x INT', '(a) REFERENCES p', 'which has no primary key'],
    ['a column that is not there', 'x INTEGER PRIMARY KEY', '(a) REFERENCES p (y)', 'which has no column y'],
  ])('reports %s, and D1 then refuses an INSERT', async (_, parent, reference, text) => {
    const example = `CREATE TABLE p (${parent}); ${child(reference)}`;
    expect((await messages(example, rule)).map((message) => message.includes(text))).toEqual([true]);
    const database = await pool.take();
    const statements = example.split(';').filter((one) => one.trim() !== '');
    await database.batch(statements);
    await expect(database.batch(['INSERT INTO c (id) VALUES (1)'])).rejects.toThrow('foreign key mismatch');
  });

  it('reports the DROP INDEX and the rebuild that take the uniqueness away', async () => {
    const files = {
      '0001_a.sql': `CREATE TABLE p (id INTEGER PRIMARY KEY, x INT); CREATE UNIQUE INDEX u ON p (x);
        ${child('(a) REFERENCES p (x)')}`,
    };
    expect(await found({ ...files, '0002_b.sql': 'DROP INDEX main."u";' }, rule)).toEqual([`${rule} @ "u"`]);
    const rebuild = `CREATE TABLE new_p (id INTEGER PRIMARY KEY, x INT); DROP TABLE p; ALTER TABLE new_p RENAME TO p;`;
    expect(await found({ ...files, '0002_b.sql': rebuild }, rule)).toEqual([`${rule} @ p`]);
    const whole = `${rebuild} CREATE UNIQUE INDEX u ON p (x);`;
    expect(await found({ ...files, '0002_b.sql': whole }, rule)).toEqual([]);
  });
});

describe('fk/missing-parent', () => {
  const rule = 'fk/missing-parent';

  it('proposes the right spelling, and D1 refuses every INSERT, of a NULL too', async () => {
    const example = `${users} CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES user (id));`;
    const { findings } = await lintExample(example);
    expect(findings.find((one) => one.rule === rule)?.help).toContain('REFERENCES users');
    const database = await pool.take();
    await database.batch(example.split(';').filter((one) => one.trim() !== ''));
    await expect(database.batch(['INSERT INTO c (u) VALUES (NULL)'])).rejects.toThrow('no such table');
  });

  it('accepts a parent that comes later in the file, a rebuild, and the table itself', async () => {
    const rebuild = `CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES users (id), c INT REFERENCES c (id));
      CREATE TABLE __new_users (id INTEGER PRIMARY KEY); DROP TABLE users; ALTER TABLE __new_users RENAME TO users;`;
    expect(await found({ '0001_a.sql': users, '0002_b.sql': rebuild }, rule)).toEqual([]);
    expect(
      await found(`CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES "Users"); ${users}`, rule),
    ).toEqual([]);
  });

  it('accepts a parent that a later file makes before any file writes the child', async () => {
    const child = 'CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES users (id));';
    const seed = "INSERT INTO users (id, name) VALUES (1, 'Ada'); INSERT INTO c (id, u) VALUES (1, 1);";
    const renamed = `${users.replace('users', 'people')} ALTER TABLE people RENAME TO "Users";`;
    for (const parent of [users, renamed, users.replace('TABLE', 'TABLE IF NOT EXISTS')]) {
      const files = {
        '0001_c.sql': child,
        '0002_a.sql': 'SELECT 1;',
        '0003_users.sql': parent,
        '0004_seed.sql': seed,
      };
      expect(await found(files, rule)).toEqual([]);
      const database = await pool.take();
      for (const text of Object.values(files))
        await database.batch(text.split(';').filter((one) => one.trim() !== ''));
    }
  });

  it('reports a parent that comes after the first row of the child, or never', async () => {
    const child = 'CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES users (id));';
    const write = 'INSERT INTO c (id) VALUES (1);';
    expect(await found({ '0001_c.sql': `${child} ${write}`, '0002_users.sql': users }, rule)).toEqual([
      `${rule} @ users`,
    ]);
    expect(await found({ '0001_c.sql': child, '0002_c.sql': write, '0003_users.sql': users }, rule)).toEqual([
      `${rule} @ users`,
    ]);
    expect(await found({ '0001_c.sql': child, '0002_c.sql': 'SELECT 1;' }, rule)).toEqual([
      `${rule} @ users`,
    ]);
    const database = await pool.take();
    await database.batch([child.slice(0, -1)]);
    await expect(database.batch([write.slice(0, -1)])).rejects.toThrow('no such table');
  });

  it('reports a table that is dropped while another one references it', async () => {
    const files = {
      '0001_a.sql': `${users} CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES users (id));`,
      '0002_b.sql': 'DROP TABLE users;',
    };
    expect(await found(files, rule)).toEqual([`${rule} @ users`]);
    expect(await found({ ...files, '0002_b.sql': 'DROP TABLE c; DROP TABLE users;' }, rule)).toEqual([]);
  });
});

describe('a foreign key to a view', () => {
  it('is reported, and D1 refuses every INSERT', async () => {
    const example = `${users} CREATE VIEW people AS SELECT id FROM users; CREATE TABLE c (id INTEGER PRIMARY KEY, u INT REFERENCES people (id));`;
    expect(await found(example, 'fk/missing-parent')).toEqual(['fk/missing-parent @ people']);
    const database = await pool.take();
    await database.batch(example.split(';').filter((one) => one.trim() !== ''));
    await expect(database.batch(['INSERT INTO c (id) VALUES (1)'])).rejects.toThrow('foreign key mismatch');
  });
});

describe('fk/generated-action', () => {
  const rule = 'fk/generated-action';
  const events = (action: string, column = 'a INTEGER AS (n) VIRTUAL') =>
    `${users} CREATE TABLE c (id INTEGER PRIMARY KEY, n INTEGER, ${column} REFERENCES users (id) ${action});`;

  it.each([
    ['ON DELETE SET NULL', 'a INTEGER AS (n) VIRTUAL', 'DELETE FROM users'],
    ['ON DELETE SET DEFAULT', 'a INTEGER AS (n) STORED', 'DELETE FROM users'],
    ['ON UPDATE CASCADE', 'a INTEGER AS (n) VIRTUAL', 'UPDATE users SET id = 2'],
    ['ON UPDATE SET NULL', 'a INTEGER AS (n) STORED', 'UPDATE users SET id = 2'],
  ])(
    'reports %s of a generated column, and D1 then refuses to change the parent',
    async (action, column, change) => {
      const example = events(action, column);
      expect(await found(example, rule)).toEqual([`${rule} @ users`]);
      const database = await pool.take();
      await database.batch(example.split(';').filter((one) => one.trim() !== ''));
      await expect(database.batch([change])).rejects.toThrow('cannot UPDATE generated column');
    },
  );

  it.each([
    ['ON DELETE CASCADE', 'a INTEGER AS (n) VIRTUAL'],
    ['ON DELETE RESTRICT', 'a INTEGER AS (n) STORED'],
    ['ON DELETE SET NULL', 'a INTEGER'],
  ])('accepts %s of %s, as D1 does', async (action, column) => {
    const example = events(action, column);
    expect(await found(example, rule)).toEqual([]);
    const database = await pool.take();
    await database.batch(example.split(';').filter((one) => one.trim() !== ''));
    await database.batch(["INSERT INTO users (id, name) VALUES (1, 'Ada')", 'DELETE FROM users']);
  });
});

describe('fk/type-mismatch', () => {
  it.each([
    ['INTEGER', 'BIGINT', 0],
    ['INTEGER', 'NUMERIC', 0],
    ['TEXT', 'VARCHAR(36)', 0],
    ['TEXT', '', 0],
    ['', 'TEXT', 0],
    ['BLOB', 'TEXT', 1],
    ['INTEGER', 'TEXT', 1],
  ])('compares %s with %s', async (parent, child, count) => {
    const example = `CREATE TABLE p (id ${parent} PRIMARY KEY NOT NULL);
      CREATE TABLE c (id INTEGER PRIMARY KEY, p ${child} REFERENCES p);`;
    expect(await found(example, 'fk/type-mismatch')).toHaveLength(count);
  });
});
