import { relative } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { listTargetMigrations } from '../survey/index.ts';
import { targetIn } from '../testing/index.ts';
import { validate, type ValidateResult } from './index.ts';

const USERS = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n';
const MORE = 'CREATE TABLE more (id INTEGER PRIMARY KEY);\n';

interface Case {
  readonly migrations: readonly string[];
  /** Errors as "file:line what". */
  readonly errors: readonly string[];
  readonly unchecked?: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  'a foreign key to nothing': {
    migrations: [
      USERS,
      'ALTER TABLE users ADD COLUMN age INTEGER;\nCREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES people (id));\nCREATE TRIGGER posts_new AFTER INSERT ON posts BEGIN UPDATE users SET age = 1; END;\n',
      MORE,
    ],
    errors: ['0002_x.sql:2 After it the table posts cannot be written: no such table: main.people'],
  },
  'a foreign key that its parent does not fit any more': {
    migrations: [
      'CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT);\nCREATE UNIQUE INDEX users_mail ON users (mail);\nCREATE TABLE posts (id INTEGER PRIMARY KEY, mail TEXT REFERENCES users (mail));\n',
      MORE,
      'DROP INDEX users_mail;\n',
    ],
    errors: ['0003_x.sql:1 After it the table users cannot be written: foreign key mismatch'],
  },
  'a generated column that a foreign key would have to change': {
    migrations: [
      USERS,
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, of INTEGER GENERATED ALWAYS AS (id) REFERENCES users (id) ON DELETE SET NULL);\n',
      MORE,
    ],
    errors: ['0002_x.sql:1 After it the table users cannot be written: cannot UPDATE generated column "of"'],
  },
  'a generated column that no parent can have as its key': {
    migrations: [
      'CREATE TABLE users (id INTEGER PRIMARY KEY CHECK (id > 0));\n',
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, of INTEGER AS (-abs(id)) REFERENCES users (id));\n',
      MORE,
    ],
    errors: [
      '0002_x.sql:undefined After it the table posts takes no row any more: FOREIGN KEY constraint failed',
    ],
  },
  'a trigger that lets no row into a table on purpose is none': {
    migrations: [
      `${USERS}CREATE TRIGGER users_closed BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'closed'); END;\n`,
    ],
    errors: [],
    unchecked: ['0001_x.sql: no rows for users, the migrations after it saw it empty (closed)'],
  },
  'tables that need each other are none': {
    migrations: [
      'CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL REFERENCES b (id));\nCREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER NOT NULL REFERENCES a (id));\n',
    ],
    errors: [],
    unchecked: ['0001_x.sql: no rows for b', '0001_x.sql: no rows for a'],
  },
  'a view, and a view of it, on a table that never was': {
    migrations: [
      USERS,
      'CREATE VIEW ghosts AS SELECT * FROM people;\n',
      'CREATE VIEW named AS SELECT * FROM ghosts;\nCREATE TRIGGER users_new AFTER INSERT ON users BEGIN UPDATE users SET name = (SELECT name FROM ghosts); END;\n',
    ],
    errors: ['0002_x.sql:1 After it the view ghosts cannot be used: no such table: main.people'],
  },
  'one trigger of several that writes to a table that never was': {
    migrations: [
      `${USERS}CREATE TABLE log (id INTEGER PRIMARY KEY);\nCREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO log (id) VALUES (new.id); END;\n`,
      'CREATE TRIGGER users_ghost AFTER INSERT ON users BEGIN INSERT INTO ghosts VALUES (new.id); END;\n',
      MORE,
    ],
    errors: ['0002_x.sql:1 After it the trigger users_ghost cannot be used: no such table: main.ghosts'],
  },
  'a dropped table that a view and a trigger need': {
    migrations: [
      `${USERS}CREATE TABLE log (name TEXT);\nCREATE VIEW names AS SELECT name FROM log;\nCREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO log (name) VALUES (new.name); END;\n`,
      `${MORE}DROP TABLE log;\n`,
      'CREATE TABLE other (id INTEGER PRIMARY KEY);\n',
    ],
    errors: [
      '0002_x.sql:2 After it the trigger users_log cannot be used: no such table: main.log',
      '0002_x.sql:2 After it the view names cannot be used: no such table: main.log',
    ],
  },
  'a parent that a later file creates': {
    migrations: [
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));\n',
      USERS,
    ],
    errors: [],
    unchecked: ['0001_x.sql: no rows for posts, the migrations after it saw it empty'],
  },
};

describe('validate blames the migration that broke it for', () => {
  const validated = (migrations: readonly string[]): Promise<ValidateResult> => {
    const files = migrations.map((text, index) => [`000${index + 1}_x.sql`, text] as const);
    const target = targetIn(testWorkspace({ migrations: Object.fromEntries(files) }));
    const schemaFile = `${target.database.migrationsDir}/schema.sql`;
    return validate({
      wrangler: target.wrangler,
      files: listTargetMigrations(target),
      schemaFile,
      write: false,
    });
  };

  it.each(Object.entries(CASES))('%s', async (_, { migrations, errors, unchecked = [] }) => {
    const { problems, ...result } = await validated(migrations);
    const found = problems
      .filter(({ severity }) => severity === 'error')
      .map(({ file, line, message }) => `${relative(`${file}/..`, file)}:${line} ${message}`);
    expect(found.toSorted()).toEqual(errors.map((text) => expect.stringContaining(text)));
    expect(result.unchecked).toEqual(unchecked.map((text) => expect.stringContaining(text)));
  });

  it('a statement of a later file that cannot run because of it', async () => {
    const { problems } = await validated([
      USERS,
      'CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES people (id));\n',
      'INSERT INTO posts (id) VALUES (1);\n',
    ]);
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, file }) => `${code} ${file.slice(-10)}`)).toEqual([
      'broken-object 0002_x.sql',
      'fails-from-empty 0003_x.sql',
    ]);
    expect(errors[1]?.fix).toBe(
      'It comes from 0002_x.sql, which leaves the table posts broken: correct that one.',
    );
  });
});
