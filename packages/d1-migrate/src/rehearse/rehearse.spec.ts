import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { errorOf, migratedWorkspace, migrateIn, query, targetIn } from '../testing/index.ts';
import { zipOf } from '../testing/zip.ts';
import { describeRehearsal, rehearse, type RehearsalSource, type RehearseResult } from './index.ts';

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE, t TEXT);
CREATE TABLE marks (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE SET NULL);
INSERT INTO lists VALUES (1, 'one'), (2, 'two');
INSERT INTO items VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');
INSERT INTO marks VALUES (1, 2);
`;
const REBUILD = `PRAGMA defer_foreign_keys = on;
CREATE TABLE new_lists (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
INSERT INTO new_lists SELECT id, title FROM lists;
DROP TABLE lists;
ALTER TABLE new_lists RENAME TO lists;
`;

const MARKS = '-- d1-migrate: expect-values-changed marks: nobody reads them\n';

const rehearseIn = (
  workspace: TestWorkspace,
  source: RehearsalSource = { kind: 'database' },
): Promise<RehearseResult> => rehearse({ target: targetIn(workspace), source });

const fileIn = ({ root }: TestWorkspace, file: string): RehearsalSource => ({
  kind: 'file',
  file: join(root, file),
});

const textOf = (result: RehearseResult) => terminalText(describeRehearsal(result));

/** A workspace whose local database has the first migration, and another one pending. */
async function migrated(pending: string): Promise<TestWorkspace> {
  const workspace = await migratedWorkspace({ '0001_lists.sql': LISTS });
  workspace.write({ 'migrations/0002_next.sql': pending });
  return workspace;
}

describe('rehearsing on the local database', () => {
  it('shows what a rebuild takes with it, at which statement, and leaves the database alone', async () => {
    const workspace = await migrated(REBUILD);
    const result = await rehearseIn(workspace);
    expect(result.outcome).toBe('lost-rows');
    expect(result.migrations).toMatchObject([
      {
        name: '0002_next.sql',
        outcome: 'passed',
        losses: [
          { table: 'items', before: 3, after: 0, reason: undefined, line: 4, statement: 'DROP TABLE lists' },
          {
            table: 'marks',
            what: 'values',
            column: 'list',
            count: 1,
            line: 4,
            statement: 'DROP TABLE lists',
          },
        ],
      },
    ]);
    expect(result.unaddressed).toEqual(['items', 'marks']);
    expect(result.tables).toEqual([
      { table: 'items', before: 3, after: 0 },
      { table: 'lists', before: 2, after: 2 },
      { table: 'marks', before: 1, after: 1 },
    ]);
    expect(result.schemaChanges).toEqual([{ change: 'changed', kind: 'table', name: 'lists' }]);
    const text = textOf(result);
    expect(text).toContain(
      '✖ 3 rows of items and 1 value of marks.list would be lost, and nothing announces it.',
    );
    expect(text).toContain('0002_next.sql:4: DROP TABLE lists (items)');
    expect(text).toContain('-- d1-migrate: expect-rows-lost items: <reason>');
    expect(await query(workspace, 'SELECT count(*) AS n FROM items')).toEqual([{ n: 3 }]);
    expect(await query(workspace, 'SELECT list FROM marks')).toEqual([{ list: 2 }]);
  });

  it('passes what is announced, and names it', async () => {
    const workspace = await migrated(
      `${MARKS}-- d1-migrate: expect-rows-lost items: they were test data\n${REBUILD}ALTER TABLE lists RENAME TO "the lists";\n`,
    );
    const result = await rehearseIn(workspace);
    expect(result.outcome).toBe('passed');
    expect(result.tables).toContainEqual({ table: 'lists', before: 2, after: 2 });
    expect(textOf(result)).toMatch(/! items +3 → 0 +3 rows lost +announced: they were test data/);
  });

  it('counts the net of a file: what is kept aside and brought back is not lost', async () => {
    const workspace = await migrated(
      `${MARKS}CREATE TABLE keep AS SELECT * FROM items;\n${REBUILD}INSERT INTO items SELECT * FROM keep;\nDROP TABLE keep;\n`,
    );
    const result = await rehearseIn(workspace);
    expect(result.outcome).toBe('passed');
    expect(result.unaddressed).toEqual(['marks']);
  });

  it('names the statement that fails on these rows, and runs nothing after it', async () => {
    const workspace = await migrated('SELECT 1;\nALTER TABLE items ADD COLUMN n INTEGER NOT NULL;\n');
    workspace.write({ 'migrations/0003_more.sql': 'CREATE TABLE more (x);\n' });
    const result = await rehearseIn(workspace);
    expect(result.outcome).toBe('failed');
    expect(result.migrations.map(({ outcome }) => outcome)).toEqual(['failed', 'not-run']);
    expect(result.error).toMatchObject({
      message: '0002_next.sql failed in the rehearsal: Cannot add a NOT NULL column with default value NULL',
      location: { line: 2 },
    });
    expect(textOf(result)).toContain('0003_more.sql  not run');
  });

  it('begins empty where there is no database yet', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    const result = await rehearseIn(workspace);
    expect(result.outcome).toBe('passed');
    expect(result.tables).toContainEqual({ table: 'items', before: undefined, after: 3 });
    await migrateIn(workspace);
    expect(await rehearseIn(workspace)).toMatchObject({ outcome: 'nothing-pending', migrations: [] });
  });

  it('refuses files that migrate would refuse', async () => {
    const workspace = await migrated(
      'SELECT 1;\n-- d1-migrate: expect-row-lost items: typo\nDROP TABLE items;\n',
    );
    expect(await errorOf(rehearseIn(workspace))).toMatchObject({ code: 'unknown-directive' });
  });
});

describe('rehearsing on a file', () => {
  const DUMP = `PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);
INSERT INTO d1_migrations VALUES (1, '0001_lists.sql', '2026-01-01 00:00:00');
CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE, t TEXT);
INSERT INTO items VALUES (1, 1, '${'long; '.repeat(30_000)}');
CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);
INSERT INTO lists VALUES (1, 'one');
CREATE VIRTUAL TABLE found USING fts5(t);
INSERT INTO found VALUES ('words');
CREATE TABLE orphans (list REFERENCES lists (id));
INSERT INTO orphans VALUES (9);
CREATE TRIGGER later AFTER INSERT ON lists BEGIN INSERT INTO orphans VALUES (NEW.id); END;
COMMIT;
`;
  const workspaceWith = (files: Readonly<Record<string, string | Uint8Array>>): TestWorkspace => {
    const workspace = testWorkspace({
      migrations: { '0001_lists.sql': LISTS, '0002_next.sql': REBUILD },
    });
    workspace.write(files);
    return workspace;
  };

  it.each([
    ['dump.sql', DUMP],
    ['backup.zip', zipOf('database.sql', DUMP)],
  ])('loads %s, also what D1 itself would not roll back', async (name, content) => {
    const workspace = workspaceWith({ [name]: content });
    const result = await rehearseIn(workspace, fileIn(workspace, name));
    expect(result).toMatchObject({ outcome: 'lost-rows', source: { kind: 'file', name }, violations: [] });
    expect(result.tables).toEqual([
      { table: 'found', before: 1, after: 1 },
      { table: 'items', before: 1, after: 0 },
      { table: 'lists', before: 1, after: 1 },
      { table: 'orphans', before: 1, after: 1 },
    ]);
  });

  it.each([
    ['gone.sql', {}, 'no-such-dump'],
    ['no.zip', { 'no.zip': 'SELECT 1' }, 'unreadable-archive'],
    ['other.zip', { 'other.zip': zipOf('readme.txt', 'x') }, 'unreadable-archive'],
    ['wrong.sql', { 'wrong.sql': 'INSERT INTO nowhere VALUES (1);' }, 'unloadable-dump'],
    ['attach.sql', { 'attach.sql': "ATTACH '/tmp/x' AS x;" }, 'unloadable-dump'],
  ])('refuses %s', async (name, files, code) => {
    const workspace = workspaceWith(files);
    expect(await errorOf(rehearseIn(workspace, fileIn(workspace, name)))).toMatchObject({
      code,
      exitCode: 2,
    });
  });
});
