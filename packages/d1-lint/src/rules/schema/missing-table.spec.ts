import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';
import { textsFound } from '../../testing/one-rule.ts';

const pool = databasePool();
afterAll(() => pool.close());

const rule = 'schema/missing-table';
const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);';

describe('a view or trigger on a table that never was', () => {
  it.each([
    ['a view', 'CREATE VIEW v AS SELECT name FROM user;', 'SELECT * FROM v'],
    ['a join', 'CREATE VIEW v AS SELECT u.name FROM users AS u JOIN user ON true;', 'SELECT * FROM v'],
    [
      'a query in a condition',
      'CREATE VIEW v AS SELECT name FROM users WHERE id IN (SELECT id FROM user);',
      'SELECT * FROM v',
    ],
    [
      'a trigger that writes',
      'CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM user; END;',
      'INSERT INTO users (id) VALUES (1)',
    ],
    [
      'a trigger that reads',
      'CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT name FROM user; END;',
      'INSERT INTO users (id) VALUES (1)',
    ],
  ])('is found in %s, whose use D1 refuses, and every RENAME after it', async (_, sql, use) => {
    expect(await textsFound(`${users}\n${sql}`, rule)).toEqual(['user']);
    const database = await pool.take();
    await database.batch([users, 'CREATE TABLE other (id INTEGER PRIMARY KEY)', sql.slice(0, -1)]);
    await expect(database.batch([use])).rejects.toThrow('no such table: main.user');
    await expect(database.batch(['ALTER TABLE other RENAME TO others'])).rejects.toThrow(
      'no such table: main.user',
    );
  });

  it.each([
    ['a common table expression', 'CREATE VIEW v AS WITH some AS (SELECT 1 AS a) SELECT a FROM some;'],
    ['a function that gives rows', "CREATE VIEW v AS SELECT value FROM json_each('[1]');"],
    ['the catalogue', 'CREATE VIEW v AS SELECT name FROM sqlite_schema;'],
    ['a view', 'CREATE VIEW w AS SELECT name FROM users; CREATE VIEW v AS SELECT name FROM w;'],
    [
      'a table that comes later in the file',
      'CREATE VIEW v AS SELECT id FROM later; CREATE TABLE later (id INTEGER PRIMARY KEY);',
    ],
    ['a view that is dropped again', 'CREATE VIEW v AS SELECT id FROM nothing; DROP VIEW v;'],
  ])('is none of %s', async (_, sql) => {
    expect(await textsFound(`${users}\n${sql}`, rule)).toEqual([]);
  });

  it('is told once, and in a later file as what blocks a run', async () => {
    const { findings } = await lintExample({
      '0001_view.sql': 'CREATE VIEW v AS SELECT name FROM user;',
      '0002_tables.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); ALTER TABLE a DROP COLUMN x;',
      '0003_tables.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY); ALTER TABLE b RENAME TO c;',
    });
    expect(findings.map((one) => one.rule)).toEqual([
      rule,
      'safety/broken-view-or-trigger',
      'safety/broken-view-or-trigger',
    ]);
  });
});
