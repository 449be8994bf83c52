import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';
import { textsFound } from '../../testing/one-rule.ts';

const pool = databasePool();
afterAll(() => pool.close());

const rule = 'schema/missing-column';
const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);';

describe('a view or trigger on a column that is not there', () => {
  it.each([
    ['a view', 'CREATE VIEW v AS SELECT nmae FROM users;', 'SELECT * FROM v'],
    ['a condition', 'CREATE VIEW v AS SELECT id FROM users WHERE nmae > 1;', 'SELECT * FROM v'],
    [
      'a trigger that writes',
      'CREATE TRIGGER t AFTER INSERT ON users BEGIN UPDATE users SET name = new.nmae; END;',
      'INSERT INTO users (id) VALUES (1)',
    ],
    [
      'a trigger after an UPDATE',
      'CREATE TRIGGER t AFTER UPDATE ON users BEGIN DELETE FROM users WHERE nmae = 1; END;',
      "UPDATE users SET name = 'x'",
    ],
  ])('is found in %s, whose use D1 refuses', async (_, sql, use) => {
    expect(await textsFound(`${users}\n${sql}`, rule)).toEqual(['nmae']);
    const database = await pool.take();
    await database.batch([users, sql.slice(0, -1)]);
    await expect(database.batch([use])).rejects.toThrow(/no such column: (new\.)?nmae/);
  });

  it.each([
    [
      'a view on a view',
      'CREATE VIEW w AS SELECT name AS title FROM users; CREATE VIEW v AS SELECT title FROM w;',
    ],
    [
      'a column that comes later in the file',
      'CREATE VIEW v AS SELECT age FROM users; ALTER TABLE users ADD COLUMN age INTEGER;',
    ],
    ['a view that is dropped again', 'CREATE VIEW v AS SELECT nmae FROM users; DROP VIEW v;'],
    [
      'a trigger beside a broken one',
      'CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users WHERE name = 1; END;',
    ],
    ['a view on a table that comes later', 'CREATE VIEW v AS SELECT age FROM later;'],
  ])('is none of %s', async (_, sql) => {
    expect(await textsFound(`${users}\n${sql}`, rule)).toEqual([]);
  });

  it('is found where a table was made again without a column that a view reads', async () => {
    const { findings } = await lintExample({
      '0001_users.sql': `${users}\nCREATE VIEW names AS SELECT name FROM users;`,
      '0002_again.sql': 'DROP TABLE users;\nCREATE TABLE users (id INTEGER PRIMARY KEY);',
      '0003_more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY);',
    });
    const found = findings.filter((one) => one.rule === rule);
    expect(found).toMatchObject([{ file: expect.stringContaining('0002_again.sql'), start: { line: 1 } }]);
    expect(found[0]?.message).toContain('view names names the column name');
  });
});
