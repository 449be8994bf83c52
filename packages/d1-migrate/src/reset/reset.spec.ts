import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDatabaseFile } from 'd1-core/database';
import { openDatabaseFile } from 'd1-core/schema';
import { restoreSnapshot } from 'd1-core/snapshot';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { runWrangler, targetArguments } from 'd1-core/wrangler';
import { localDatabase, wranglerTarget } from 'd1-core/target';
import { errorOf, identify, query, statesIn, targetIn } from '../testing/index.ts';
import { reset } from './reset.ts';

const resetIn = (workspace: TestWorkspace, seed?: string) =>
  reset({ target: targetIn(workspace), identify, seed });

/** Everything that wrangler's own splitter and D1 could treat in another way. */
const MIGRATIONS = {
  '0001_tables.sql': `-- A comment.
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT 'a;b' /* why */);
CREATE TABLE child (id TEXT PRIMARY KEY, parent_id INTEGER REFERENCES parent (id)) STRICT;
CREATE TABLE plain (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID;
`,
  '0002_windows.sql':
    "CREATE TABLE crlf (\r\n  x TEXT -- note\r\n);\r\nINSERT INTO crlf VALUES ('a\r\nb');\r\n",
  '0003_trigger.sql': `CREATE TRIGGER log AFTER INSERT ON parent BEGIN
  UPDATE parent SET name = CASE WHEN new.id > 1 THEN 'many' ELSE 'one' END WHERE id = new.id;
END;
INSERT INTO parent (name) VALUES ('x'), ('y');
CREATE VIEW names AS SELECT name AS "the name" FROM parent;
`,
  '0004_search.sql': `CREATE VIRTUAL TABLE search USING fts5 (name);
INSERT INTO search VALUES ('häuser');
CREATE UNIQUE INDEX child_parent ON child (parent_id) WHERE parent_id IS NOT NULL;
`,
};

const SCHEMA = `SELECT type, name, tbl_name, sql FROM sqlite_master
  WHERE name NOT GLOB '_cf_*' AND tbl_name NOT GLOB 'd1_migrate_*' ORDER BY type, name`;

describe('resetting a local database', () => {
  it('gives the database that wrangler gives: schema, rows and history', async () => {
    const ours = testWorkspace({ migrations: MIGRATIONS });
    const theirs = testWorkspace({ migrations: MIGRATIONS });
    await resetIn(ours);
    const target = targetIn(theirs);
    await runWrangler(target.wrangler, {
      args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
      cwd: theirs.root,
    });
    for (const sql of [
      SCHEMA,
      'SELECT id, name FROM d1_migrations ORDER BY id',
      'SELECT * FROM parent',
      'SELECT hex(x) FROM crlf',
      'SELECT * FROM search',
      `SELECT * FROM sqlite_sequence WHERE name NOT GLOB 'd1_migrate_*' ORDER BY name`,
    ]) {
      const expected = await query(theirs, sql);
      expect(expected.length).toBeGreaterThan(0);
      expect(await query(ours, sql)).toEqual(expected);
    }
    expect(new Set(Object.values(await statesIn(ours)))).toEqual(new Set(['applied']));
  });

  it('keeps the old database as a snapshot, and runs the seed after the migrations', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await resetIn(workspace);
    await query(workspace, 'CREATE TABLE scratch (x)');
    workspace.write({ 'seed.sql': "INSERT INTO a VALUES ('seeded');\n" });
    const result = await resetIn(workspace, join(workspace.root, 'seed.sql'));
    expect(result).toMatchObject({ migrations: ['0001_a.sql'], seeded: true, snapshot: expect.any(String) });
    expect(await query(workspace, 'SELECT * FROM a')).toEqual([{ x: 'seeded' }]);
    const scratch = `SELECT name FROM sqlite_master WHERE name = 'scratch'`;
    expect(await query(workspace, scratch)).toEqual([]);
    await restoreSnapshot(localDatabase(targetIn(workspace)));
    expect(await query(workspace, scratch)).toEqual([{ name: 'scratch' }]);
  });

  it('makes the new database and changes nothing in a dry run', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    const request = { target: targetIn(workspace), identify, dryRun: true };
    expect(await reset(request)).toMatchObject({
      outcome: 'dry-run',
      migrations: ['0001_a.sql'],
      seeded: false,
      snapshot: null,
    });
    expect(readdirSync(workspace.root)).not.toContain('.wrangler');
    workspace.write({ 'seed.sql': 'INSERT INTO gone VALUES (1);\n' });
    const error = await errorOf(reset({ ...request, seed: join(workspace.root, 'seed.sql') }));
    expect(error).toMatchObject({ message: 'The reset failed: no such table: gone' });
    expect(readdirSync(workspace.root)).not.toContain('.wrangler');
  });

  it('changes nothing while another process has the database open', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await resetIn(workspace);
    const reader = await openDatabaseFile(localDatabaseFile(localDatabase(targetIn(workspace))));
    reader.exec('BEGIN; SELECT * FROM a');
    const error = await errorOf(resetIn(workspace));
    reader.close();
    expect(error).toMatchObject({ code: 'database-in-use', notes: ['Nothing was changed.'] });
    expect(readdirSync(join(workspace.root, '.wrangler/state'))).toEqual(['v3']);
  });

  it('leaves the old database as it was when a migration fails, and names the statement', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    await resetIn(workspace);
    await query(workspace, 'CREATE TABLE scratch (x)');
    workspace.write({ 'migrations/0002_bad.sql': 'CREATE TABLE b (x);\nVACUUM;\n' });
    const error = await errorOf(resetIn(workspace));
    expect(error).toMatchObject({
      code: 'sql-not-authorized',
      location: { file: join(workspace.root, 'migrations/0002_bad.sql'), line: 2, column: 1 },
    });
    expect(error.notes).toContain('The local database is as it was before.');
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name IN ('scratch', 'b')`)).toEqual([
      { name: 'scratch' },
    ]);
    expect(readdirSync(join(workspace.root, '.wrangler/state'))).toEqual(['v3']);
  });

  it('replaces only its own database', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' },
      wranglerToml: `name = "test"
compatibility_date = "2025-08-01"
[[d1_databases]]
binding = "ONE"
database_name = "one"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a1"
[[d1_databases]]
binding = "TWO"
database_name = "two"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a2"
`,
    });
    const one = targetIn(workspace, { database: 'ONE' });
    const two = targetIn(workspace, { database: 'TWO' });
    await reset({ target: one, identify });
    await reset({ target: two, identify });
    const files = () => {
      const folder = join(workspace.root, '.wrangler/state/v3/d1/miniflare-D1DatabaseObject');
      const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite(-wal)?$/.test(name));
      return new Map(names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
    };
    const before = files();
    await reset({ target: two, identify });
    const changed = [...files()].filter(([name, content]) => before.get(name) !== content);
    const databaseOf = (name: string) => name.slice(0, 64);
    expect(new Set([...before.keys()].map(databaseOf)).size).toBe(2);
    expect(new Set(changed.map(([name]) => databaseOf(name))).size).toBe(1);
  });

  it('refuses a remote environment', async () => {
    const workspace = testWorkspace();
    const target = targetIn(workspace, { environment: 'production' });
    expect(await errorOf(reset({ target, identify }))).toMatchObject({
      code: 'reset-remote',
      exitCode: 2,
    });
  });

  it('says when the seed cannot be read', async () => {
    const workspace = testWorkspace();
    expect(await errorOf(resetIn(workspace, join(workspace.root, 'nowhere.sql')))).toMatchObject({
      code: 'unreadable-seed',
    });
  });
});
