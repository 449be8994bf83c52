import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { listMigrations, readMigration } from 'd1-core/migrations';
import { replaySteps } from '../check/index.ts';
import type { Query } from '../find/index.ts';
import { compareRevisions } from './index.ts';

const BASE = `CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors, title TEXT NOT NULL, isbn TEXT, pages INTEGER);`;

const queryOf = (sql: string): Query => {
  const place = { file: '/src/main.ts', line: 1, column: 1 };
  return {
    sql,
    place,
    call: place,
    kind: 'prepare',
    bindings: [],
    bound: undefined,
    hasList: false,
    isSome: false,
    placeAt: () => place,
    sourceAt: () => sql,
  };
};

async function compare(old: readonly string[], fresh: readonly string[], ...migrations: readonly string[]) {
  const folder = temporaryFolder();
  writeFiles(
    folder,
    Object.fromEntries([BASE, ...migrations].map((sql, index) => [`000${index + 1}_m.sql`, sql])),
  );
  const steps = await replaySteps(
    listMigrations({ folder: join(folder), rules: 'pattern' }).map(readMigration),
    'd1_migrations',
  );
  try {
    const { migrations: classed, migrateFirst } = await compareRevisions(
      [{ name: 'old', root: '/', queries: old.map(queryOf) }],
      { name: 'new', root: '/', queries: fresh.map(queryOf) },
      steps.steps.slice(1),
    );
    return {
      classes: classed.map((one) => one.class),
      broken: classed.flatMap(({ broken }) => broken.map(({ message }) => message)),
      migrateFirst,
    };
  } finally {
    steps.close();
  }
}

const INSERT = 'INSERT INTO books (author_id, title, isbn, pages) VALUES (?, ?, ?, ?)';
const UPDATE = 'UPDATE books SET title = ?, pages = ? WHERE id = ?';
const SELECT = 'SELECT title, isbn FROM books WHERE author_id = ?';
const ALL = [
  INSERT,
  UPDATE,
  SELECT,
  'DELETE FROM books WHERE id = ?',
  'INSERT INTO authors (name) VALUES (?)',
];
const rebuild = (definition: string) =>
  `CREATE TABLE b (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors, title TEXT NOT NULL, isbn TEXT, pages INTEGER${definition});
INSERT INTO b (id, author_id, title, isbn, pages) SELECT id, author_id, title, isbn, pages FROM books; DROP TABLE books; ALTER TABLE b RENAME TO books;`;

describe('a migration under the deployed code', () => {
  it.each([
    ['a column is added', 'ALTER TABLE books ADD COLUMN note TEXT', 'neutral', []],
    [
      'a column with a default is added',
      "ALTER TABLE books ADD COLUMN note TEXT NOT NULL DEFAULT ''",
      'neutral',
      [],
    ],
    ['an index is added', 'CREATE INDEX i ON books (title)', 'neutral', []],
    ['a table is added', 'CREATE TABLE tags (id INTEGER PRIMARY KEY)', 'neutral', []],
    ['rows are changed', "UPDATE books SET isbn = 'x'", 'neutral', []],
    ['the same table is made again', rebuild(''), 'neutral', []],
    ['a check that all rows pass is added', rebuild(', CHECK (pages IS NULL OR pages > 0)'), 'neutral', []],
    [
      'a column is dropped',
      'ALTER TABLE books DROP COLUMN isbn',
      'contract',
      ['table books has no column named isbn', 'no such column: isbn'],
    ],
    [
      'a column is renamed',
      'ALTER TABLE books RENAME COLUMN title TO name',
      'contract',
      ['table books has no column named title', 'no such column: title', 'no such column: title'],
    ],
    [
      'a table is dropped',
      'DROP TABLE books',
      'contract',
      Array.from({ length: 4 }, () => 'no such table: books'),
    ],
    [
      'a column may no longer be left out',
      rebuild(', shelf TEXT NOT NULL')
        .replace('pages) SELECT', 'pages, shelf) SELECT')
        .replace('pages FROM', "pages, 's' FROM"),
      'contract',
      [expect.stringContaining('shelf of books may not be empty')],
    ],
    [
      'a value must be unique',
      'CREATE UNIQUE INDEX u ON books (title)',
      'contract',
      [expect.stringContaining('UNIQUE'), expect.stringContaining('UNIQUE')],
    ],
    [
      'a check refuses the values',
      rebuild(", CHECK (length(title) = 1 AND title <> 'b')"),
      'contract',
      [expect.stringContaining('CHECK'), expect.stringContaining('CHECK')],
    ],
    [
      'a trigger refuses it',
      "CREATE TRIGGER no BEFORE DELETE ON books BEGIN SELECT RAISE(ABORT, 'no'); END",
      'contract',
      ['no'],
    ],
    [
      'a foreign key holds it back',
      'CREATE TABLE loans (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES books); INSERT INTO loans SELECT id, id FROM books',
      'contract',
      [expect.stringContaining('FOREIGN KEY')],
    ],
    ['types become strict', rebuild('').replace('pages INTEGER);', 'pages TEXT) STRICT;'), 'neutral', []],
  ])('%s', async (_, migration, kind, broken) => {
    expect(await compare(ALL, [], migration)).toEqual({
      classes: [kind],
      broken,
      migrateFirst: kind === 'neutral' ? 1 : 0,
    });
  });

  it('is not blamed for what failed before it', async () => {
    expect(await compare(['SELECT nothing FROM books'], [], 'DROP TABLE books')).toMatchObject({
      classes: ['neutral'],
    });
  });
});

describe('the order', () => {
  const addNote = 'ALTER TABLE books ADD COLUMN note TEXT';
  const dropIsbn = 'ALTER TABLE books DROP COLUMN isbn';
  const note = 'SELECT note FROM books';

  it.each([
    ['migrate, then deploy', [SELECT], [SELECT, note], [addNote], ['expand'], 1],
    ['deploy, then migrate', [SELECT], ['SELECT title FROM books'], [dropIsbn], ['contract'], 0],
    [
      'migrate the first, deploy, migrate the rest',
      [SELECT],
      [note],
      [addNote, dropIsbn],
      ['expand', 'contract'],
      1,
    ],
    [
      'none, where one is needed after one that breaks',
      [SELECT],
      [note],
      [dropIsbn, addNote],
      ['contract', 'expand'],
      undefined,
    ],
    [
      'none for a rename',
      ['SELECT title FROM books'],
      ['SELECT name FROM books'],
      ['ALTER TABLE books RENAME COLUMN title TO name'],
      ['breaking'],
      undefined,
    ],
    [
      'none where the new code does not survive it either',
      [SELECT],
      [SELECT],
      [dropIsbn],
      ['breaking'],
      undefined,
    ],
    ['any for what neither minds', [SELECT], [SELECT], ['CREATE TABLE x (a)'], ['neutral'], 1],
  ])('is %s', async (_, old, fresh, migrations, classes, migrateFirst) => {
    expect(await compare(old, fresh, ...migrations)).toMatchObject({ classes, migrateFirst });
  });
});
