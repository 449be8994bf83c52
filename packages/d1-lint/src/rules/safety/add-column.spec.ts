import { databasePool } from '../../testing/database-pool.ts';
import { lintExample } from '../../testing/examples.ts';

/** ADD COLUMN on D1 itself: what the rules `safety/add-*` say of a table with rows, and what workerd does. */
const pool = databasePool();
afterAll(() => pool.close());

const parents = 'CREATE TABLE parents (id INTEGER PRIMARY KEY)';
const items = 'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, size INTEGER)';
const rows = [
  'INSERT INTO parents (id) VALUES (1)',
  "INSERT INTO items (id, name, size) VALUES (1, NULL, 1), (2, 'mug', 2)",
];

async function accepts(column: string, before: readonly string[]): Promise<boolean> {
  const database = await pool.take();
  await database.batch([parents, items, ...before]);
  try {
    await database.batch([`ALTER TABLE items ADD COLUMN ${column}`]);
    return true;
  } catch {
    return false;
  }
}

async function rulesFor(column: string): Promise<readonly string[]> {
  const { findings } = await lintExample({
    '0001_items.sql': `${parents};\n${items};`,
    '0002_add.sql': `ALTER TABLE items ADD COLUMN ${column};`,
  });
  return [...new Set(findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('safety/add-')))];
}

/** Fine with rows and without. */
const accepted = [
  'c',
  'c TEXT',
  "c TEXT NOT NULL DEFAULT ''",
  'c INTEGER DEFAULT (1)',
  'c INTEGER DEFAULT ((1))',
  'c INTEGER DEFAULT -1',
  'c INTEGER DEFAULT (-1)',
  'c INTEGER DEFAULT (-(-1))',
  'c INTEGER DEFAULT +1',
  'c INTEGER DEFAULT true',
  'c INTEGER DEFAULT (true)',
  'c INTEGER DEFAULT (-true)',
  'c TEXT DEFAULT abc',
  'c TEXT DEFAULT NULL',
  'c TEXT DEFAULT (NULL)',
  'c TEXT DEFAULT ((NULL))',
  "c INTEGER DEFAULT (CAST('1' AS INTEGER))",
  'c INTEGER DEFAULT (CAST((1) AS INTEGER))',
  "c BLOB DEFAULT (x'00')",
  'c TEXT NOT NULL DEFAULT (CAST(NULL AS TEXT))',
  'c TEXT AS (lower(name))',
  'c TEXT GENERATED ALWAYS AS (lower(name)) VIRTUAL',
  'c INTEGER AS (id) NOT NULL',
  'c INTEGER REFERENCES parents (id)',
  'c INTEGER REFERENCES parents (id) DEFAULT (NULL)',
  'c INTEGER DEFAULT NULL REFERENCES parents (id)',
  'c INTEGER CHECK (c > 0)',
  'c INTEGER CHECK (NOT c > 0)',
  'c INTEGER CHECK (c > 0 AND size > 0)',
  'c INTEGER DEFAULT 0 CHECK (c >= 0)',
  'c INTEGER DEFAULT 0 CHECK (c BETWEEN 0 AND 9)',
  'c INTEGER DEFAULT 0 CHECK (c = 1 OR c = 0)',
  "c TEXT CHECK (c IN ('a', 'b'))",
  "c TEXT DEFAULT 'a' CHECK (c IN ('a', 'b'))",
  "c TEXT DEFAULT 'a' CHECK ((c) <> 'b')",
  "c TEXT COLLATE NOCASE DEFAULT 'A' CHECK (c = 'a')",
  "c TEXT DEFAULT 1 CHECK (c = '1')",
  "c INTEGER DEFAULT '1' CHECK (c = 1)",
  "c DEFAULT 'a' CHECK (c = 'a')",
  'c INTEGER DEFAULT 2 CHECK (c IN (1, NULL))',
];

/** Refused on every table. */
const alwaysRefused = {
  'c TEXT UNIQUE': 'safety/add-unique-or-pk-column',
  'c TEXT CONSTRAINT only UNIQUE': 'safety/add-unique-or-pk-column',
  'c TEXT PRIMARY KEY': 'safety/add-unique-or-pk-column',
  'c INTEGER PRIMARY KEY AUTOINCREMENT': 'safety/add-unique-or-pk-column',
};

/** Refused with rows, and accepted without: that is what no empty database shows. */
const refusedWithRows = {
  'c TEXT NOT NULL': 'safety/add-not-null-without-default',
  'c TEXT CONSTRAINT must NOT NULL': 'safety/add-not-null-without-default',
  'c TEXT NOT NULL DEFAULT NULL': 'safety/add-not-null-without-default',
  'c TEXT NOT NULL DEFAULT (NULL)': 'safety/add-not-null-without-default',
  'c INTEGER NOT NULL REFERENCES parents (id)': 'safety/add-not-null-without-default',
  'c TEXT DEFAULT CURRENT_TIMESTAMP': 'safety/add-non-constant-default',
  'c TEXT DEFAULT CURRENT_DATE': 'safety/add-non-constant-default',
  "c TEXT DEFAULT (datetime('now'))": 'safety/add-non-constant-default',
  'c INTEGER DEFAULT (unixepoch()) NOT NULL': 'safety/add-non-constant-default',
  'c INTEGER DEFAULT (1 + 1)': 'safety/add-non-constant-default',
  "c TEXT DEFAULT ('a' || 'b')": 'safety/add-non-constant-default',
  'c INTEGER DEFAULT (abs(1))': 'safety/add-non-constant-default',
  'c INTEGER DEFAULT (~1)': 'safety/add-non-constant-default',
  'c INTEGER DEFAULT (NOT 1)': 'safety/add-non-constant-default',
  "c TEXT DEFAULT ('a' COLLATE NOCASE)": 'safety/add-non-constant-default',
  'c TEXT DEFAULT (CAST(CURRENT_TIME AS TEXT))': 'safety/add-non-constant-default',
  'c TEXT AS (lower(name)) STORED': 'safety/add-stored-generated',
  'c TEXT GENERATED ALWAYS AS (lower(name)) STORED': 'safety/add-stored-generated',
  'c INTEGER DEFAULT 1 REFERENCES parents (id)': 'safety/add-references-with-default',
  'c INTEGER NOT NULL DEFAULT 1 REFERENCES parents': 'safety/add-references-with-default',
  'c INTEGER REFERENCES parents (id) DEFAULT (CAST(NULL AS INT))': 'safety/add-references-with-default',
  'c INTEGER DEFAULT -1 CHECK (c >= 0)': 'safety/add-check-column',
  'c INTEGER CHECK (c IS NOT NULL)': 'safety/add-check-column',
  'c INTEGER CHECK (c NOTNULL AND c > 0)': 'safety/add-check-column',
  "c TEXT DEFAULT 'x' CHECK (c IN ('a', 'b'))": 'safety/add-check-column',
  'c INTEGER DEFAULT 10 CHECK (c NOT BETWEEN 1 AND 20)': 'safety/add-check-column',
  'c INTEGER DEFAULT 3 CHECK (NOT (c = 3 OR c = 4))': 'safety/add-check-column',
};

/** Refused because of the rows that happen to be there, or by a function: nothing is said of them. */
const notJudged = [
  'c TEXT CHECK (name IS NOT NULL)',
  "c TEXT DEFAULT 'b' CHECK (length(c) > 3)",
  'c TEXT AS (name) NOT NULL',
];

describe('ADD COLUMN on a table that was there before', () => {
  it.each(accepted)('is accepted with rows, and nothing is said: %s', async (column) => {
    expect({ withRows: await accepts(column, rows), rules: await rulesFor(column) }).toEqual({
      withRows: true,
      rules: [],
    });
  });

  it.each(Object.entries(refusedWithRows))(
    'is refused with rows alone, and found: %s',
    async (column, rule) => {
      expect({
        empty: await accepts(column, []),
        withRows: await accepts(column, rows),
        rules: await rulesFor(column),
      }).toEqual({ empty: true, withRows: false, rules: [rule] });
    },
  );

  it.each(Object.entries(alwaysRefused))('is refused always, and found: %s', async (column, rule) => {
    expect({ empty: await accepts(column, []), rules: await rulesFor(column) }).toEqual({
      empty: false,
      rules: [rule],
    });
  });

  it.each(notJudged)('is refused for what the files do not show: %s', async (column) => {
    expect({ withRows: await accepts(column, rows), rules: await rulesFor(column) }).toEqual({
      withRows: false,
      rules: [],
    });
  });
});

describe('ADD COLUMN on a table that the same file creates', () => {
  it('is no matter: it has no rows yet', async () => {
    const { findings } = await lintExample(
      `CREATE TABLE items (id INTEGER PRIMARY KEY);
ALTER TABLE items ADD COLUMN name TEXT NOT NULL;
ALTER TABLE main."ITEMS" ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP;`,
    );
    expect(findings).toEqual([]);
  });

  it('is one all the same for a table that has only another name, another case or a schema before it', async () => {
    const { findings } = await lintExample({
      '0001_items.sql': 'CREATE TABLE items (id INTEGER PRIMARY KEY);',
      '0002_add.sql': `ALTER TABLE main.[ITEMS] ADD \`the name\` TEXT
  CONSTRAINT "not" /* NOT */ NOT NULL;`,
    });
    expect(
      findings.map(({ rule, start, help }) => ({ rule, start: [start.line, start.column], help })),
    ).toEqual([
      {
        rule: 'safety/add-not-null-without-default',
        start: [2, 30],
        help: `Give it a default that suits those rows:
ALTER TABLE main.[ITEMS] ADD \`the name\` TEXT
  CONSTRAINT "not" /* NOT */ NOT NULL DEFAULT '';
Or leave NOT NULL out, and fill the column in a later migration.`,
      },
    ]);
  });
});
