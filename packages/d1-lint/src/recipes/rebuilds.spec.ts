import { loadTokenizer, splitStatements } from 'd1-core/sql';
import { databasePool } from '../testing/database-pool.ts';
import { lintExample } from '../testing/examples.ts';

/** Every rebuild that a rule proposes is run on D1, on tables with rows. */
const pool = databasePool();
afterAll(() => pool.close());

type Files = Readonly<Record<string, string>>;
interface Case {
  readonly rule: string;
  /** The last file is the one that is reported. */
  readonly files: Files;
  /** Queries, each with what it gives before and after the proposal. */
  readonly same: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'a rebuild that renames the old table away': {
    rule: 'safety/rebuild-rename-order',
    files: {
      '0001_a.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);
CREATE VIEW names AS SELECT users.name FROM users;`,
      '0002_seed.sql': `INSERT INTO users (id, name) VALUES (1, 'Ada');
INSERT INTO posts (id, user_id) VALUES (7, 1);`,
      '0003_bio.sql': `ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
DROP TABLE users_old;`,
    },
    same: ['SELECT id, name FROM users', 'SELECT * FROM posts', 'SELECT * FROM names'],
  },
  'a rebuild without a copy': {
    rule: 'data/rebuild-without-copy',
    files: {
      '0001_a.sql': `CREATE TABLE "my users" (id INTEGER PRIMARY KEY, "full name" TEXT NOT NULL, old TEXT);
CREATE INDEX my_users_name ON "my users" ("full name");`,
      '0002_seed.sql': `INSERT INTO "my users" (id, "full name") VALUES (1, 'Ada');`,
      '0003_bio.sql': `DROP TABLE IF EXISTS "my users";
CREATE TABLE IF NOT EXISTS "my users" (id INTEGER PRIMARY KEY, "full name" TEXT NOT NULL, old TEXT, bio TEXT);`,
    },
    same: ['SELECT id, "full name" FROM "my users"'],
  },
  'a rebuild in place of a parent with ON DELETE CASCADE': {
    rule: 'data/rebuild-cascades',
    files: {
      '0001_a.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);`,
      '0002_seed.sql': `INSERT INTO users (id, name) VALUES (1, 'Ada');
INSERT INTO posts (id, user_id) VALUES (7, 1);`,
      '0003_bio.sql': `CREATE TABLE keep AS SELECT * FROM users;
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO users (id, name) SELECT id, name FROM keep;
DROP TABLE keep;`,
    },
    same: ['SELECT id, name FROM users', 'SELECT * FROM posts'],
  },
  'tables that reference each other in a circle': {
    rule: 'data/rebuild-cascades',
    files: {
      '0001_a.sql': `CREATE TABLE teams (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES users (id));
CREATE TABLE users (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX teams_owner_id ON teams (owner_id);
CREATE INDEX users_team_id ON users (team_id);
CREATE INDEX posts_user_id ON posts (user_id);`,
      '0002_seed.sql': `INSERT INTO teams (id) VALUES (1);
INSERT INTO users (id, team_id) VALUES (5, 1);
UPDATE teams SET owner_id = 5 WHERE id = 1;
INSERT INTO posts (id, user_id) VALUES (7, 5);`,
      '0003_bio.sql': `CREATE TABLE __new_users (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE, bio TEXT);
INSERT INTO __new_users (id, team_id) SELECT id, team_id FROM users;
DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
CREATE INDEX users_team_id ON users (team_id);`,
    },
    same: ['SELECT id, team_id FROM users', 'SELECT * FROM teams', 'SELECT * FROM posts'],
  },
  'a table that references itself': {
    rule: 'data/rebuild-cascades',
    files: {
      '0001_a.sql': `CREATE TABLE nodes (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE);
CREATE INDEX nodes_parent_id ON nodes (parent_id);`,
      '0002_seed.sql': 'INSERT INTO nodes (id, parent_id) VALUES (1, NULL), (2, 1), (3, 2);',
      '0003_bio.sql': `CREATE TABLE new_nodes (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE, note TEXT);
INSERT INTO new_nodes (id, parent_id) SELECT id, parent_id FROM nodes;
DROP TABLE nodes;
ALTER TABLE new_nodes RENAME TO nodes;
CREATE INDEX nodes_parent_id ON nodes (parent_id);`,
    },
    same: ['SELECT id, parent_id FROM nodes'],
  },
  'a parent with AUTOINCREMENT, and a trigger of another table that writes it': {
    rule: 'safety/drop-referenced-table',
    files: {
      '0001_a.sql': `-- d1-lint-disable-file schema/no-autoincrement: numbers are printed
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total INTEGER NOT NULL DEFAULT 0);
CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER NOT NULL REFERENCES orders (id));
CREATE INDEX items_order_id ON items (order_id);
CREATE TABLE carts (id INTEGER PRIMARY KEY);
CREATE TRIGGER carts_order AFTER INSERT ON carts BEGIN INSERT INTO orders (total) VALUES (new.id); END;`,
      '0002_seed.sql': `INSERT INTO orders (id) VALUES (1), (9);
INSERT INTO items (id, order_id) VALUES (1, 1), (4, 9);
DELETE FROM items WHERE id = 4;
DELETE FROM orders WHERE id = 9;`,
      '0003_note.sql': `-- d1-lint-disable-file schema/no-autoincrement: numbers are printed
CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, total INTEGER NOT NULL DEFAULT 0, note TEXT);
INSERT INTO new_orders (id, total) SELECT id, total FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;`,
    },
    same: [
      'SELECT id, total FROM orders',
      'SELECT * FROM items',
      "SELECT name, seq FROM sqlite_sequence WHERE name IN ('orders', 'items') ORDER BY name",
      "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
    ],
  },
};

async function run(database: Awaited<ReturnType<typeof pool.take>>, text: string): Promise<void> {
  const tokenize = await loadTokenizer();
  await database.batch(splitStatements(tokenize(text)).map(({ start, end }) => text.slice(start, end)));
}

describe('the rebuild that a rule proposes', () => {
  it.each(Object.entries(cases))('loses no row, and is clean: %s', async (_, { rule, files, same }) => {
    const finding = (await lintExample(files)).findings.find((one) => one.rule === rule);
    const help = finding?.help ?? '';
    const proposal = help.slice(help.indexOf('\n') + 1);
    expect(proposal).toContain('CREATE TABLE');

    const names = Object.keys(files);
    const directives = (files[names.at(-1) ?? ''] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('-- d1-lint'));
    const proposed = { ...files, [names.at(-1) ?? '']: [...directives, proposal].join('\n') };
    const { findings } = await lintExample(proposed);
    expect(findings.filter(({ file }) => file.endsWith(names.at(-1) ?? '')).map((one) => one.rule)).toEqual(
      [],
    );

    const database = await pool.take();
    for (const name of names.slice(0, -1)) await run(database, files[name] ?? '');
    const before = await Promise.all(same.map((query) => database.batch([query])));
    await run(database, proposal);
    expect(await Promise.all(same.map((query) => database.batch([query])))).toEqual(before);
    expect(await database.batch(['PRAGMA foreign_key_check'])).toEqual([[]]);
  });

  it('is none for a circle with RESTRICT, of which no order is possible', async () => {
    const { findings } = await lintExample({
      '0001_a.sql': `CREATE TABLE teams (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES users (id) ON DELETE RESTRICT);
CREATE TABLE users (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id) ON DELETE RESTRICT);`,
      '0002_bio.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams (id), bio TEXT);
INSERT INTO new_users (id, team_id) SELECT id, team_id FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    });
    const finding = findings.find(({ rule }) => rule === 'safety/drop-referenced-table');
    expect(finding?.help).toBe('First rebuild teams without the foreign key to users, then drop it.');
  });
});
