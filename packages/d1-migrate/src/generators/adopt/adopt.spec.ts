import type { Tree } from '@nx/devkit';
import { schemaOf, type Schema } from 'd1-core/schema';
import { terminalText } from 'd1-core/report';
import { testWrangler } from 'd1-core/testing';
import { describeInspection, inspectFolder } from '../../adopt/index.ts';
import { placeIn, siteOf, workerTree } from '../../testing/worker-tree.ts';
import { notTakenIn } from '../shared/migrations-folder.ts';
import { withMigrationFiles } from '../shared/new-migration.ts';
import { restart } from './restart.ts';

/** A folder as it grew: two with one number, one without, a gap, one that does not run, a program of its own. */
const MESS = {
  '0001_init.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n',
  '0003_a.sql': 'CREATE TABLE a (x);\n',
  '0003_b.sql': 'CREATE TABLE b (x)',
  'fix.sql': 'ALTER TABLE nowhere ADD COLUMN y;\n',
  '0004_a.down.sql': 'DROP TABLE a;\n',
  'migrate.ts': 'run();\n',
  'README.md': 'read me\n',
  'rollback/0001_init.sql': 'DROP TABLE users;\n',
};

const LIVE = [
  ['table', 'posts', 'CREATE TABLE "posts" (id INTEGER PRIMARY KEY, user INTEGER REFERENCES users (id))'],
  ['table', 'users', 'CREATE TABLE users (\n  id INTEGER PRIMARY KEY, -- the key\n  name TEXT\n)'],
  ['index', 'posts_user', 'CREATE INDEX posts_user ON posts (user)', 'posts'],
  ['view', 'loud', 'CREATE VIEW loud AS SELECT upper(name) AS name FROM users'],
  ['table', 'found', "CREATE VIRTUAL TABLE found USING fts5(name, content='users')"],
  [
    'trigger',
    'users_ai',
    'CREATE TRIGGER users_ai AFTER INSERT ON users BEGIN INSERT INTO found (rowid, name) VALUES (new.id, new.name); END',
    'users',
  ],
] as const;

const liveSchema = (): Promise<Schema> =>
  schemaOf(LIVE.map(([type, name, sql, table = name]) => ({ type, name, sql, table })));

describe('adopting a migrations folder', () => {
  function treeWith(files: Readonly<Record<string, string>>): Tree {
    const tree = workerTree();
    for (const [name, text] of Object.entries(files)) tree.write(`migrations/${name}`, text);
    return tree;
  }

  const inspect = (tree: Tree) =>
    withMigrationFiles(placeIn(tree), testWrangler(), (files) =>
      inspectFolder(files, tree.children('migrations')),
    );

  it('says what is wrong with it, and which way leads out', async () => {
    const text = terminalText(describeInspection(await inspect(treeWith(MESS))));
    // Before wrangler 4.98 the order is that of the file system, so that another file may fail too.
    expect(text).toMatch(/^5 migrations: 4 errors, 1 warning, (1 that does|2 that do) not run in order\.$/m);
    expect(text).toMatch(/0003_(a\.sql and 0003_b|b\.sql and 0003_a)\.sql have the same number/);
    expect(text).toContain('fix.sql has no number');
    expect(text).toContain('although its name says that it undoes one');
    expect(text).toContain('0003_b.sql:1: The last statement has no semicolon');
    expect(text).toContain('fix.sql:1 does not run: no such table: nowhere');
    expect(text).toContain('migrate.ts looks like an older way to run migrations');
    expect(text).toContain('d1-migrate adopt (environment=<environment>, restart)');
  });

  it('sends first of all to what lets wrangler see every migration', async () => {
    const tree = treeWith({ '20240101_a/migration.sql': MESS['0001_init.sql'] });
    const place = placeIn(tree);
    const [database] = place.worker.environments[0]?.databases ?? [];
    const notTaken =
      database === undefined ? [] : notTakenIn(siteOf(tree), place.worker.wranglerConfig, database);
    const text = terminalText(describeInspection(await inspectFolder([], [], notTaken)));
    expect(text).toContain('0 migrations: 1 error');
    expect(text).toContain('migrations_pattern = "../../migrations/*/migration.sql"');
    expect(text).not.toContain('The files are in order.');
  });

  it('finds nothing to do where all is in order', async () => {
    const tree = treeWith({ '0001_init.sql': MESS['0001_init.sql'] });
    expect(terminalText(describeInspection(await inspect(tree)))).toContain('The files are in order.');
  });

  it('proposes new numbers where the files still run', async () => {
    const { '0001_init.sql': first, '0003_a.sql': second } = MESS;
    const tree = treeWith({ '0001_init.sql': first, '0001_a.sql': second });
    expect(terminalText(describeInspection(await inspect(tree)))).toContain('d1-migrate adopt (renumber)');
  });

  it('moves all into the archive, and writes one migration that gives the live schema', async () => {
    const tree = treeWith(MESS);
    const inspection = await inspect(tree);
    const request = { schema: await liveSchema(), inspection, wrangler: testWrangler(), now: new Date(0) };
    expect(await restart(placeIn(tree), request)).toBe(7);
    expect(tree.children('migrations').toSorted()).toEqual([
      '0001_initial_schema.sql',
      'README.md',
      'archive',
    ]);
    expect(tree.children('migrations/archive').toSorted()).toEqual([
      '0001_init.sql',
      '0003_a.sql',
      '0003_b.sql',
      '0004_a.down.sql',
      'fix.sql',
      'migrate.ts',
      'rollback',
    ]);
    const text = tree.read('migrations/0001_initial_schema.sql', 'utf8') ?? '';
    expect(text).toMatch(/^-- Migration: Initial schema\n-- Generated: 1970-01-01 00:00:00\n/);
    expect(text).toContain('-- the key');
    const order = [
      'TABLE users',
      'TABLE "posts"',
      'INDEX posts_user',
      'VIRTUAL TABLE found',
      'VIEW loud',
      'TRIGGER users_ai',
    ];
    expect(order.map((part) => text.indexOf(part))).toEqual(
      order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
    );
    const again = await inspect(tree);
    expect(again).toMatchObject({ findings: [], failing: [], runners: [] });
  });

  it('writes nothing when the schema cannot be rebuilt', async () => {
    const tree = treeWith(MESS);
    const broken = await schemaOf([
      {
        type: 'table',
        name: 'users',
        table: 'users',
        sql: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)',
      },
      {
        type: 'table',
        name: 'areas',
        table: 'areas',
        sql: 'CREATE VIRTUAL TABLE areas USING fts4(name)',
      },
    ]);
    const inspection = await inspect(tree);
    const request = { schema: broken, inspection, wrangler: testWrangler(), now: new Date(0) };
    await expect(restart(placeIn(tree), request)).rejects.toMatchObject({
      code: 'schema-not-reached',
    });
    expect(tree.exists('migrations/archive')).toBe(false);
  });

  it('overwrites nothing in the archive', async () => {
    const tree = treeWith({ ...MESS, 'archive/0003_a.sql': 'SELECT 1;\n' });
    const inspection = await inspect(tree);
    const request = { schema: await liveSchema(), inspection, wrangler: testWrangler(), now: new Date(0) };
    await expect(restart(placeIn(tree), request)).rejects.toMatchObject({
      code: 'name-taken',
    });
    expect(tree.exists('migrations/0001_init.sql')).toBe(true);
  });
});
