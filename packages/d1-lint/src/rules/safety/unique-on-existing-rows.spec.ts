import { databasePool } from '../../testing/database-pool.ts';
import { helpsOf } from '../../testing/one-rule.ts';

const pool = databasePool();
afterAll(() => pool.close());

const rule = 'safety/unique-on-existing-rows';
const tables = `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, team INTEGER NOT NULL, deleted_at TEXT);
CREATE UNIQUE INDEX users_alive ON users (team) WHERE deleted_at IS NULL;`;

/** The query that is proposed for a unique index. */
async function queryFor(index: string): Promise<string> {
  const [help = ''] = await helpsOf({ '0001_users.sql': tables, '0002_index.sql': `${index};` }, rule);
  return help.split('\n')[1] ?? '';
}

describe('the query that shows duplicates', () => {
  it.each([
    [
      'has the WHERE of a partial index',
      'CREATE UNIQUE INDEX i ON users (email) WHERE deleted_at IS NULL OR id > 90',
    ],
    [
      'leaves out NULL, of which a unique index takes many',
      'CREATE UNIQUE INDEX i ON users (email, deleted_at)',
    ],
    ['compares as the index does', 'CREATE UNIQUE INDEX i ON users (team, email COLLATE NOCASE)'],
    ['is asked for a whole index where there is a partial one', 'CREATE UNIQUE INDEX i ON users (team)'],
  ])('%s, and gives rows exactly where D1 refuses the index', async (_, index) => {
    const query = await queryFor(index);
    const rowSets = [
      "(1, 'a', 1, NULL), (2, 'a', 2, 'x')",
      "(1, 'a', 1, NULL), (2, 'a', 2, NULL)",
      '(1, NULL, 1, NULL), (2, NULL, 2, NULL)',
      "(1, 'a', 1, NULL), (2, 'A', 1, 'x')",
      "(1, 'a', 1, 'x'), (2, 'a', 2, 'x')",
      "(1, 'a', 1, 'x'), (92, 'a', 2, 'x'), (91, 'a', 3, 'x')",
    ];
    const outcomes = new Set<boolean>();
    for (const rows of rowSets) {
      const database = await pool.take();
      await database.batch(tables.split(';').filter((one) => one.trim() !== ''));
      await database.batch([`INSERT INTO users (id, email, team, deleted_at) VALUES ${rows}`]);
      const [found = []] = await database.batch([query]);
      const refused = await database.batch([index]).then(
        () => false,
        () => true,
      );
      expect({ rows, found: found.length > 0 }).toEqual({ rows, found: refused });
      outcomes.add(refused);
    }
    expect([...outcomes].sort()).toEqual([false, true]);
  });
});
