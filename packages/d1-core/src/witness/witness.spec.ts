import { join } from 'node:path';
import { openDatabaseFile } from '../schema/index.ts';
import { temporaryFolder } from '../testing/index.ts';
import {
  compareContents,
  compareTable,
  examplesOf,
  openBeside,
  searchFaults,
  type TableComparison,
} from './index.ts';

async function makeFile(sql: string): Promise<string> {
  const file = join(temporaryFolder(), 'database.sqlite');
  const database = await openDatabaseFile(file);
  database.exec(sql);
  database.close();
  return file;
}

/** What became of the table `t`. */
async function compare(before: string, after: string): Promise<TableComparison | undefined> {
  const files = [await makeFile(before), await makeFile(after)] as const;
  const [found] = await compareContents(...files, [{ before: 't', after: 't' }]);
  return found;
}

const LIST = `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n);
  INSERT INTO t VALUES (1, 'one', 1), (2, 'two', NULL), (3, 'three', 3);`;
const KEYLESS =
  "CREATE TABLE t (what TEXT); INSERT INTO t (rowid, what) VALUES (1, 'a'), (5, 'b'), (9, 'b');";

describe('two contents of a table', () => {
  it('that are equal differ in nothing', async () => {
    expect(await compare(LIST, LIST)).toEqual({
      table: { before: 't', after: 't' },
      before: 3,
      after: 3,
      matchedBy: 'primary-key',
      kept: 3,
      lost: 0,
      added: 0,
      repeated: 0,
      changes: [],
      columns: ['id', 'name', 'n'],
      sequence: undefined,
    });
  });

  it.each<[string, string, string, object]>([
    [
      'other rows in the same number are lost and added',
      LIST,
      LIST.replace("(3, 'three'", "(4, 'three'"),
      { kept: 2, lost: 1, added: 1 },
    ],
    [
      'values are compared one by one',
      LIST,
      LIST.replace("(1, 'one', 1)", "(1, 'ONE', NULL)").replace('NULL), (3', '2), (3'),
      {
        kept: 3,
        changes: [
          { column: 'name', changed: 1, lost: 1, emptied: 0 },
          { column: 'n', changed: 2, lost: 1, emptied: 1 },
        ],
      },
    ],
    [
      'a value in another type is still there',
      LIST,
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n); INSERT INTO t VALUES (1, 'one', '1'), (2, 'two', NULL), (3, 'three', 3.0)",
      { changes: [{ column: 'n', changed: 2, lost: 0, emptied: 0 }] },
    ],
    [
      'letters differ in case, whatever the collation of the column',
      "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 2)",
      "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO t VALUES ('A', 1), ('b', 2)",
      { kept: 1, lost: 1, added: 1, changes: [] },
    ],
    [
      'keys that a new collation takes for one do not hide a lost row',
      "CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('A', 1)",
      "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1)",
      { kept: 1, lost: 1, added: 0 },
    ],
    [
      'a key in another type is the same key',
      "CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('1', 'a'), ('02', 'b')",
      "CREATE TABLE t (k INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
      { kept: 1, lost: 1, changes: [{ column: 'k', changed: 2, lost: 1, emptied: 0 }] },
    ],
    [
      'a renamed key and a renamed column are found again',
      LIST,
      "CREATE TABLE t (t_id INTEGER PRIMARY KEY, title TEXT, n); INSERT INTO t VALUES (1, 'one', 1), (2, 'two', NULL), (3, 'three', 3)",
      { kept: 3, lost: 0, changes: [] },
    ],
    [
      'a table with nothing of the old one but its keys has kept no row',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 2), (2, 3)',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, price INTEGER); INSERT INTO t VALUES (1, 99), (2, 98)',
      { kept: 0, lost: 2, added: 2 },
    ],
    [
      'a UNIQUE key without NULLs serves where there is no primary key',
      'CREATE TABLE t (k TEXT NOT NULL UNIQUE, v); INSERT INTO t VALUES (1, 1), (2, 2)',
      'CREATE TABLE t (k TEXT NOT NULL UNIQUE, v); INSERT INTO t VALUES (2, 2), (1, 3)',
      { matchedBy: 'unique-key', kept: 2, changes: [{ column: 'v', changed: 1, lost: 1, emptied: 0 }] },
    ],
    [
      'a key of several columns, without rowid',
      'CREATE TABLE t (a, b, c, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO t VALUES (1, 1, 1), (1, 2, 2)',
      'CREATE TABLE t (a, b, c, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)',
      { kept: 1, lost: 1, added: 1 },
    ],
    [
      'a primary key with NULLs is none',
      'CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES (NULL, 1), (NULL, 2)',
      'CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES (NULL, 1), (NULL, 3)',
      { matchedBy: 'rowid', kept: 2, changes: [{ column: 'v', changed: 1, lost: 1, emptied: 0 }] },
    ],
    [
      'rows without a key keep their rowid',
      KEYLESS,
      KEYLESS.replace("(5, 'b')", "(5, 'c')"),
      { matchedBy: 'rowid', kept: 3, changes: [{ column: 'what', changed: 1, lost: 1, emptied: 0 }] },
    ],
    [
      'rows without a key, numbered again, are found by what they hold',
      KEYLESS,
      "CREATE TABLE t (what TEXT); INSERT INTO t VALUES ('b'), ('a')",
      { matchedBy: 'content', kept: 2, lost: 1, added: 0 },
    ],
    [
      'rows without a key that are there twice are repeated',
      KEYLESS,
      `${KEYLESS} INSERT INTO t SELECT what FROM t`,
      { kept: 3, added: 3, repeated: 3 },
    ],
    [
      'rows with a key that are there twice under new keys are repeated',
      LIST,
      `${LIST} INSERT INTO t SELECT id + 100, name, n FROM t; INSERT INTO t VALUES (7, 'new', 7)`,
      { kept: 3, added: 4, repeated: 3, changes: [] },
    ],
    [
      'a key that is none any more does not hide what is there twice',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 1), (2, 2)',
      'CREATE TABLE t (id INT, v); INSERT INTO t VALUES (1, 1), (1, 1), (2, 2)',
      { kept: 2, lost: 0, added: 1, repeated: 1 },
    ],
    [
      'generated columns hold no values of their own',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b AS (a || '!')); INSERT INTO t VALUES (1, 1)",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b AS (a || '?')); INSERT INTO t VALUES (1, 1)",
      { kept: 1, changes: [] },
    ],
    [
      'a column that is gone takes its values along',
      LIST,
      LIST.replace('name TEXT, ', '').replace(/'[a-z]+', /g, ''),
      {
        kept: 3,
        lost: 0,
        changes: [{ column: 'name', now: undefined, changed: 3, lost: 3, emptied: 0, retyped: 0 }],
      },
    ],
    [
      'a table whose only other column is dropped keeps its rows',
      'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 2), (2, NULL)',
      'CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)',
      { kept: 2, lost: 0, changes: [{ column: 'name', changed: 1 }] },
    ],
    [
      'a text of digits that becomes a number has lost its zeros, and its type',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT); INSERT INTO t VALUES (1, '007'), (2, '8')",
      'CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER); INSERT INTO t VALUES (1, 7), (2, 8)',
      { kept: 2, changes: [{ column: 'code', changed: 2, lost: 1, emptied: 0, retyped: 2 }] },
    ],
    [
      'columns that have changed places have changed all values',
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 'x', 'y')",
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 'y', 'x')",
      {
        changes: [
          { column: 'a', lost: 1 },
          { column: 'b', lost: 1 },
        ],
      },
    ],
    [
      'numbers that AUTOINCREMENT would give again are told',
      'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v); INSERT INTO t VALUES (9, 1), (1, 1); DELETE FROM t WHERE id = 9',
      'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v); INSERT INTO t VALUES (1, 1)',
      { kept: 1, lost: 0, sequence: { before: 9, after: 1 } },
    ],
    [
      'an R*Tree is compared by its rows',
      'CREATE VIRTUAL TABLE t USING rtree (id, x0, x1); INSERT INTO t VALUES (1, 0, 1), (2, 3, 4)',
      'CREATE VIRTUAL TABLE t USING rtree (id, x0, x1); INSERT INTO t VALUES (1, 0, 2)',
      { before: 2, kept: 1, lost: 1, changes: [{ column: 'x1', changed: 1 }] },
    ],
    [
      'an FTS5 table without content is compared by what a search finds',
      "CREATE VIRTUAL TABLE t USING fts5 (a, content = ''); INSERT INTO t (rowid, a) VALUES (1, 'one two'), (2, 'three'), (3, 'four')",
      "CREATE VIRTUAL TABLE t USING fts5 (a, content = ''); INSERT INTO t (rowid, a) VALUES (1, 'one two'), (2, 'six'), (9, 'four')",
      { matchedBy: 'words', before: 3, kept: 2, lost: 1, added: 1, changes: [{ column: 'words', lost: 1 }] },
    ],
    ['an emptied table has lost all', LIST, 'CREATE TABLE t (id)', { kept: 0, lost: 3, added: 0 }],
  ])('%s', async (_, before, after, expected) => {
    expect(await compare(before, after)).toMatchObject(expected);
  });

  it('are compared under the names before and after, and where one side is missing', async () => {
    const before = await makeFile(
      'CREATE TABLE a (x); INSERT INTO a VALUES (1); CREATE TABLE gone (x); INSERT INTO gone VALUES (1)',
    );
    const after = await makeFile(
      'CREATE TABLE "the b" (x); INSERT INTO "the b" VALUES (1); CREATE TABLE new (x)',
    );
    const shown: number[] = [];
    const found = await compareContents(
      before,
      after,
      [
        { before: 'a', after: 'the b' },
        { before: 'gone', after: undefined },
        { before: undefined, after: 'new' },
      ],
      (fraction) => shown.push(fraction),
    );
    expect(found.map(({ kept, lost, added }) => [kept, lost, added])).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(shown.at(-1)).toBe(1);
  });
});

describe('examples', () => {
  const examples = async (before: string, after: string, table = 't') => {
    const database = await openBeside(await makeFile(before), await makeFile(after));
    try {
      const there = database.prepare('SELECT 1 FROM main.sqlite_schema WHERE name = ?').get(table);
      const pair = { before: table, after: there === undefined ? undefined : table };
      return examplesOf(database, compareTable(database, pair));
    } finally {
      database.close();
    }
  };

  it('name the key of a lost row, and both values of a changed cell', async () => {
    const after = LIST.replace("(1, 'one', 1)", "(1, 'uno', 1)").replace(", (3, 'three', 3)", '');
    expect(await examples(LIST, after)).toEqual([
      { key: 'id = 3', column: undefined, was: undefined, now: undefined },
      { key: 'id = 1', column: 'name', was: "'one'", now: "'uno'" },
    ]);
  });

  it('name the rows of a table that is gone, three at most', async () => {
    const four = `${LIST} INSERT INTO t VALUES (4, 'four', 4)`;
    const found = await examples(four, 'CREATE TABLE other (x)');
    expect(found.map(({ key }) => key)).toEqual(['id = 1', 'id = 2', 'id = 3']);
  });

  it('show a row without a key by its values', async () => {
    const found = await examples(KEYLESS, "CREATE TABLE t (what TEXT); INSERT INTO t VALUES ('b'), ('b')");
    expect(found).toEqual([{ key: "what = 'a'", column: undefined, was: undefined, now: undefined }]);
  });
});

describe('a search index', () => {
  const faultsOf = async (sql: string) => {
    const database = await openDatabaseFile(await makeFile(sql));
    try {
      return searchFaults(database);
    } finally {
      database.close();
    }
  };
  const NOTES = `CREATE TABLE notes (t TEXT); INSERT INTO notes (rowid, t) VALUES (1, 'one'), (5, 'five');
    CREATE VIRTUAL TABLE found USING fts5 (t, content = 'notes');
    INSERT INTO found (found) VALUES ('rebuild');
    CREATE VIRTUAL TABLE own USING fts5 (t); INSERT INTO own VALUES ('words');
    CREATE VIRTUAL TABLE bare USING fts5 (t, content = ''); INSERT INTO bare (rowid, t) VALUES (1, 'x');`;

  it('that finds what is there has no fault', async () => {
    expect([...(await faultsOf(NOTES))]).toEqual([]);
  });

  it.each([
    [
      'points at other rows',
      'CREATE TABLE n (t TEXT); INSERT INTO n SELECT t FROM notes; DROP TABLE notes; ALTER TABLE n RENAME TO notes;',
      'out-of-step',
    ],
    ['still finds old words', "UPDATE notes SET t = 'six' WHERE rowid = 5;", 'out-of-step'],
    ['has lost its text', 'ALTER TABLE notes RENAME TO remarks;', 'unusable'],
  ])('that %s is named', async (_, sql, fault) => {
    expect([...(await faultsOf(`${NOTES}\n${sql}`))]).toEqual([['found', fault]]);
  });
});
