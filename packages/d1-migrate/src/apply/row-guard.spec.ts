import type { TestWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { restoreSnapshot } from 'd1-core/snapshot';
import { localDatabase } from 'd1-core/target';
import { migratedWorkspace, migrateIn, query, targetIn } from '../testing/index.ts';
import { describeResult, migrateDocument } from './index.ts';

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE);
INSERT INTO lists VALUES (1, 'one'), (2, 'two');
INSERT INTO items VALUES (1, 1), (2, 1), (3, 2);
`;
const REBUILD = `PRAGMA defer_foreign_keys = on;
CREATE TABLE new_lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
INSERT INTO new_lists SELECT id, title FROM lists;
DROP TABLE lists;
ALTER TABLE new_lists RENAME TO lists;
`;

async function migrated(pending: Readonly<Record<string, string>>): Promise<TestWorkspace> {
  const workspace = await migratedWorkspace({ '0001_lists.sql': LISTS });
  workspace.write(pending);
  return workspace;
}

const countItems = (workspace: TestWorkspace) => query(workspace, 'SELECT count(*) AS n FROM items');

describe('rows that migrate loses', () => {
  it('are an error when nothing announces them, with the way back', async () => {
    const workspace = await migrated({ 'migrations/0002_next.sql': REBUILD });
    const result = await migrateIn(workspace);
    expect(result).toMatchObject({
      outcome: 'rows-lost',
      migrations: [{ name: '0002_next.sql', outcome: 'applied' }],
      losses: [{ table: 'items', before: 3, after: 0, reason: undefined }],
      error: {
        code: 'rows-lost',
        exitCode: 1,
        message: 'Lost, and announced by no migration: 3 rows of items.',
        fix: 'Go back to the snapshot: d1-migrate rollback (strategy=snapshot)',
      },
    });
    expect(result.error?.notes).toContain('  -- d1-migrate: expect-rows-lost items: <reason>');
    expect(terminalText(describeResult(result))).toMatch(/✖ items +3 → 0 +3 rows lost +not announced/);
    expect(await countItems(workspace)).toEqual([{ n: 0 }]);
    await restoreSnapshot(localDatabase(targetIn(workspace)), result.snapshot ?? undefined);
    expect(await countItems(workspace)).toEqual([{ n: 3 }]);
  });

  it('are no error when they are announced, and are named', async () => {
    const workspace = await migrated({
      'migrations/0002_next.sql': `-- d1-migrate: expect-rows-lost items: they were test data\n${REBUILD}`,
    });
    const result = await migrateIn(workspace);
    expect(result).toMatchObject({
      outcome: 'applied',
      error: undefined,
      losses: [{ table: 'items', before: 3, after: 0, reason: 'they were test data' }],
    });
  });

  it('are none where a table is rebuilt with the tables that refer to it', async () => {
    const workspace = await migrated({
      'migrations/0002_next.sql': `CREATE TABLE new_lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE new_items (id INTEGER PRIMARY KEY, list REFERENCES new_lists (id) ON DELETE CASCADE);
INSERT INTO new_lists SELECT id, title FROM lists;
INSERT INTO new_items SELECT id, list FROM items;
DROP TABLE items;
DROP TABLE lists;
ALTER TABLE new_lists RENAME TO lists;
ALTER TABLE new_items RENAME TO items;
`,
    });
    expect(await migrateIn(workspace)).toMatchObject({ outcome: 'applied', losses: [] });
    expect(await countItems(workspace)).toEqual([{ n: 3 }]);
  });

  it('are told too when a later migration fails', async () => {
    const workspace = await migrated({
      'migrations/0002_next.sql': REBUILD,
      'migrations/0003_bad.sql': 'ALTER TABLE lists RENAME TO l;\nDROP TABLE nowhere;\n',
    });
    const result = await migrateIn(workspace);
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringContaining('0003_bad.sql failed: no such table: nowhere') },
      losses: [{ table: 'items', before: 3, after: 0 }],
    });
    expect(result.warnings.join('\n')).toContain('3 rows of items');
  });

  it('are found by comparing every cell with the snapshot: also values, and where they went', async () => {
    const workspace = await migrated({
      'migrations/0002_next.sql': `CREATE TABLE n (id INTEGER PRIMARY KEY, title TEXT);
INSERT INTO n SELECT id, 'x' FROM lists;
PRAGMA defer_foreign_keys = on;
CREATE TABLE kept AS SELECT * FROM items;
DROP TABLE lists;
ALTER TABLE n RENAME TO lists;
INSERT INTO items SELECT * FROM kept;
`,
      'migrations/0003_more.sql':
        '-- d1-migrate: expect-rows-lost items: a double\nDELETE FROM items WHERE id = 3;\n',
    });
    const result = await migrateIn(workspace);
    expect(result).toMatchObject({
      outcome: 'rows-lost',
      compared: 'every-row',
      losses: [
        { migration: '0002_next.sql', table: 'lists', what: 'values', column: 'title', count: 2, line: 5 },
        { migration: '0003_more.sql', table: 'items', what: 'rows', count: 1, line: 2, reason: 'a double' },
      ],
      error: { message: 'Lost, and announced by no migration: 2 values of lists.title.' },
    });
    expect(result.error?.notes).toContain('0002_next.sql:5: DROP TABLE lists (lists)');
    expect(result.error?.notes).toContain('  -- d1-migrate: expect-values-changed lists.title: <reason>');
    const text = terminalText(describeResult(result));
    expect(text).toMatch(/lists\.title +id = 1 +'one' → 'x'/);
    expect(JSON.stringify(migrateDocument(result))).not.toContain("'one'");
  });

  it.each([
    ['INSERT INTO lists VALUES (9, 9);', 'every-row', 'Every row of before was compared with the snapshot.'],
    [
      'CREATE TABLE more (x);\nINSERT INTO more VALUES (1);\nCREATE INDEX i ON lists (title);',
      'not-needed',
      'No row of before was compared: nothing that was applied can touch one.',
    ],
  ])('are looked for after %j: %s', async (sql, compared, said) => {
    const workspace = await migrated({ 'migrations/0002_next.sql': `${sql}\n` });
    const result = await migrateIn(workspace);
    expect(result).toMatchObject({ outcome: 'applied', losses: [], compared });
    expect(terminalText(describeResult(result))).toContain(said);
  });
});
