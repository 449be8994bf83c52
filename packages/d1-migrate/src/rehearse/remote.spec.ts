import { errorOf } from '../testing/index.ts';
import { useRemoteDatabases } from '../testing/remote-databases.ts';
import { rehearse } from './index.ts';

const SCHEMA = [
  'CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT, size INTEGER GENERATED ALWAYS AS (length(title)) VIRTUAL)',
  'CREATE TABLE items (list REFERENCES lists (id) ON DELETE CASCADE, n REAL, b BLOB, PRIMARY KEY (list, n)) WITHOUT ROWID',
  'CREATE TABLE plain (x TEXT)',
  "INSERT INTO lists (id, title) VALUES (1, 'it''s'), (7, NULL)",
  "INSERT INTO items VALUES (1, 0.1, x'00ff'), (1, 2.5, NULL), (7, 1e300, 'text')",
  "INSERT INTO plain (rowid, x) VALUES (5, 'five'), (9, 'nine\nand a line')",
  'CREATE TABLE numbers (n INTEGER PRIMARY KEY)',
  'WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4500) INSERT INTO numbers SELECT n FROM c',
  'CREATE TRIGGER never AFTER INSERT ON lists BEGIN DELETE FROM plain; END',
];

/** What wrangler exports of a table with two rows and an index. */
const DUMP = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE a (x);
INSERT INTO "a" ("x") VALUES(1);
INSERT INTO "a" ("x") VALUES(2);
CREATE INDEX idx ON a (x);`;

describe('rehearsing on a remote database', () => {
  const remote = useRemoteDatabases();

  it.each([
    ['exports it', [], true],
    [
      'reads it page by page where it has a virtual table, which D1 does not export',
      [
        'CREATE VIRTUAL TABLE found USING fts5(x)',
        "INSERT INTO found (rowid, x) VALUES (3, 'three')",
        "CREATE VIRTUAL TABLE lost USING fts5(x, content = 'nowhere')",
        `CREATE TABLE many (${Array.from({ length: 100 }, (_, index) => `c${index}`).join(', ')})`,
        `INSERT INTO many (c0, c40, c99) VALUES (1, 'x', 3), (4, 5, 6)`,
        'CREATE TABLE heavy (id INTEGER PRIMARY KEY, b BLOB)',
        'WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20) INSERT INTO heavy SELECT n, zeroblob(300000) FROM c',
      ],
      false,
    ],
  ])('%s, and changes nothing', async (_, more, exports) => {
    const { target, sql } = remote.make({
      '0001_x.sql': 'DELETE FROM lists WHERE id = 1;\nALTER TABLE plain ADD COLUMN y TEXT;\n',
    });
    await sql([...SCHEMA, ...more].join(';\n'));
    remote.api.log.clear();

    const shown: string[] = [];
    const result = await rehearse({
      target,
      source: { kind: 'database' },
      onProgress: (what) => shown.push(what),
    });
    expect(result.outcome).toBe('lost-rows');
    expect(result.tables).toEqual([
      ...(exports
        ? []
        : [
            { table: 'found', before: 1, after: 1 },
            { table: 'heavy', before: 20, after: 20 },
          ]),
      { table: 'items', before: 3, after: 1 },
      { table: 'lists', before: 2, after: 1 },
      ...(exports ? [] : [{ table: 'many', before: 2, after: 2 }]),
      { table: 'numbers', before: 4500, after: 4500 },
      { table: 'plain', before: 2, after: 2 },
    ]);
    expect(result.unaddressed).toEqual(['items']);
    expect(result.migrations[0]?.losses).toMatchObject([
      { table: 'lists', line: 1 },
      { table: 'items', line: 1 },
    ]);
    expect(shown.some((what) => what.includes('other requests wait'))).toBe(exports);
    const requests = remote.api.log.list().map(({ path }) => path.split('/').at(-1));
    expect(requests.includes('export')).toBe(exports);
    expect(await sql('SELECT count(*) AS n FROM items')).toEqual([[{ n: 3 }]]);
  });

  it.each([
    [
      'an index',
      '; CREATE INDEX idx ON a (x)',
      '\nCREATE INDEX',
      'incomplete-export',
      'the index idx is not in it',
    ],
    [
      'rows of the last table',
      '',
      '\nINSERT INTO "a" ("x") VALUES(2)',
      'incomplete-export',
      'the table a has 1 of 2 rows',
    ],
    ['the end of a statement', '', '(2)', 'unloadable-dump', 'incomplete input'],
  ])(
    'finds that an export is cut off before %s, which wrangler does not',
    async (_, more, end, code, text) => {
      const { target, sql } = remote.make({ '0001_x.sql': 'CREATE TABLE b (x);\n' });
      await sql(`CREATE TABLE a (x); INSERT INTO a VALUES (1), (2)${more}`);
      remote.api.faults.add({ path: '/signed/*', action: { kind: 'truncate', bytes: DUMP.indexOf(end) } });
      const error = await errorOf(rehearse({ target, source: { kind: 'database' } }));
      expect(error).toMatchObject({ code, fix: expect.stringContaining('Run it again') });
      expect(error.message).toContain(text);
    },
  );

  it('tries an export again that broke off', async () => {
    const { target, sql } = remote.make({ '0001_x.sql': 'CREATE TABLE b (x);\n' });
    await sql('CREATE TABLE a (x); INSERT INTO a VALUES (1)');
    remote.api.faults.add({ path: '*/export', action: { kind: 'cut' } });
    const result = await rehearse({ target, source: { kind: 'database' } });
    expect(result.tables).toContainEqual({ table: 'a', before: 1, after: 1 });
  });
});
