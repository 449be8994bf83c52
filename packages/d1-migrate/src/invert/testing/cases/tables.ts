import type { ReversibilityCase } from './case.ts';

const USERS = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';

export const tableCases: readonly ReversibilityCase[] = [
  { name: 'a new table', before: '', up: USERS, class: 'exact' },
  {
    name: 'a new table that references another, with an index',
    before: USERS,
    up: `CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
      CREATE INDEX idx_posts_user_id ON posts (user_id);`,
    class: 'exact',
  },
  {
    name: 'new tables that reference each other in a circle',
    before: USERS,
    up: `CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));
      CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id) ON DELETE CASCADE);`,
    class: 'exact',
  },
  {
    name: 'a dropped table with an index and a trigger',
    before: `${USERS}
      CREATE TABLE logs (id INTEGER PRIMARY KEY, text TEXT);
      CREATE INDEX idx_logs_text ON logs (text);
      CREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO logs (text) VALUES (new.name); END;`,
    up: 'DROP TRIGGER users_log; DROP TABLE logs;',
    class: 'schema-only',
    loses: ['logs'],
  },
  {
    name: 'a renamed table',
    before: `${USERS} CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));`,
    up: 'ALTER TABLE users RENAME TO members;',
    class: 'exact',
  },
  {
    name: 'a table whose name changes in case alone',
    before: USERS,
    up: 'ALTER TABLE users RENAME TO u; ALTER TABLE u RENAME TO Users;',
    class: 'exact',
  },
  {
    name: 'two tables that exchange their names',
    before: `${USERS} CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);`,
    up: `ALTER TABLE users RENAME TO t; ALTER TABLE posts RENAME TO users; ALTER TABLE t RENAME TO posts;`,
    class: 'exact',
  },
  {
    name: 'a table that is put aside, and a new one under its name',
    before: `${USERS} CREATE VIEW names AS SELECT name FROM users;`,
    up: `DROP VIEW names; ALTER TABLE users RENAME TO users_old; CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);`,
    class: 'exact',
  },
  {
    name: 'a table rebuilt under its name without its rows',
    before: USERS,
    up: 'DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);',
    class: 'schema-only',
    loses: ['users'],
  },
  {
    name: 'CREATE TABLE AS of another table',
    before: USERS,
    up: 'CREATE TABLE users_copy AS SELECT * FROM users;',
    class: 'exact',
  },
  {
    name: 'IF NOT EXISTS of a table that exists',
    before: USERS,
    up: 'CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, other TEXT);',
    class: 'exact',
  },
  {
    name: 'a WITHOUT ROWID table',
    before: '',
    up: 'CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;',
    class: 'exact',
  },
];
