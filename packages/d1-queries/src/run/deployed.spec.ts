import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { terminalText } from 'd1-core/report';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { describeOrder, orderDocument } from '../order/index.ts';
import { compareWithDeployed, workersOf } from './index.ts';

const CONFIG = `main = "src/main.ts"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "x"\nmigrations_dir = "../migrations"\n`;

/** A repository whose commit `deployed` has one migration, and a Worker that reads a title. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  const root = temporaryFolder();
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: root,
      stdio: 'ignore',
    });
  writeFiles(root, {
    'api/wrangler.toml': CONFIG,
    'api/src/main.ts': `import { all } from './books.ts';\nexport default { fetch: (_: Request, env: Env) => env.DB.prepare(all) };\n`,
    'api/src/books.ts': `export const all = 'SELECT id, title FROM books';\n`,
    'migrations/0001_books.sql': 'CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT);',
    ...files,
  });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  git('tag', 'deployed');
  return root;
}

async function compare(root: string, ...refs: readonly string[]) {
  const [worker] = workersOf(join(root, 'api/wrangler.toml'));
  if (worker === undefined) throw new Error('no Worker');
  const [order] = await compareWithDeployed(worker, refs, root);
  if (order === undefined) throw new Error('no database');
  return order;
}

describe('the code that is deployed', () => {
  it('is read from its commit, and the query that a migration would break is shown there', async () => {
    const root = repository();
    writeFiles(root, {
      'api/src/books.ts': `\nexport const all = 'SELECT id, name FROM books';\n`,
      'migrations/0002_name.sql': 'ALTER TABLE books RENAME COLUMN title TO name;',
    });
    const order = await compare(root, 'deployed');
    expect(order).toMatchObject({ migrateFirst: undefined, migrations: [{ class: 'breaking' }] });
    const text = terminalText(describeOrder(order));
    expect(text).toContain('deployed: api/src/books.ts:1:21 no such column: title');
    expect(text).toContain("> 1 | export const all = 'SELECT id, title FROM books';");
    expect(text).toContain('api/src/books.ts:2:21 needs it: no such column: name');
    expect(text).toContain('No order is safe.');
    expect(orderDocument(order)).toMatchObject({
      migrations: [
        { migration: '0002_name.sql', broken: [{ revision: 'deployed', at: 'api/src/books.ts:1:21' }] },
      ],
    });
  });

  it.each([
    ['Migrate, then deploy.', 'SELECT id, title, isbn FROM books', 'ALTER TABLE books ADD COLUMN isbn TEXT'],
    ['Deploy, then migrate.', 'SELECT id FROM books', 'ALTER TABLE books DROP COLUMN title'],
  ])('goes with the migrations in an order: %s', async (words, sql, migration) => {
    const root = repository();
    writeFiles(root, {
      'api/src/books.ts': `export const all = '${sql}';`,
      'migrations/0002_m.sql': migration,
    });
    expect(terminalText(describeOrder(await compare(root, 'deployed')))).toContain(words);
  });

  it('may be several commits, all of which must go on', async () => {
    const root = repository();
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: root,
        stdio: 'ignore',
      });
    writeFiles(root, { 'api/src/books.ts': `export const all = 'SELECT id FROM books';` });
    git('commit', '--quiet', '--all', '--message=second');
    git('tag', 'canary');
    writeFiles(root, { 'migrations/0002_m.sql': 'ALTER TABLE books DROP COLUMN title' });
    expect(await compare(root, 'canary')).toMatchObject({ migrations: [{ class: 'neutral' }] });
    expect(await compare(root, 'canary', 'deployed')).toMatchObject({
      migrations: [{ class: 'contract', broken: [{ revision: 'deployed' }] }],
    });
  });

  it('has all migrations where none is new', async () => {
    const root = repository();
    const order = await compare(root, 'deployed');
    expect(terminalText(describeOrder(order))).toContain('DB: the deployed code has all migrations.');
  });

  it('began in another file then: what its own config named counts', async () => {
    const root = repository();
    rmSync(join(root, 'api/src/main.ts'));
    writeFiles(root, {
      'api/wrangler.toml': CONFIG.replace('src/main.ts', 'src/new.ts').replace('"DB"', '"BOOKS"'),
      'api/src/new.ts': '',
      'migrations/0002_m.sql': 'DROP TABLE books',
    });
    expect(await compare(root, 'deployed')).toMatchObject({
      binding: 'BOOKS',
      migrations: [{ class: 'contract', broken: [{ file: 'api/src/books.ts' }] }],
      migrateFirst: 0,
    });
  });

  it('did not have the Worker yet: then nothing is known to break, and that is said', async () => {
    const root = repository();
    rmSync(join(root, 'api/wrangler.toml'));
    writeFiles(root, {
      'new/wrangler.toml': CONFIG,
      'new/src/main.ts': '',
      'migrations/0002_m.sql': 'DROP TABLE books',
    });
    const [worker] = workersOf(join(root, 'new/wrangler.toml'));
    if (worker === undefined) throw new Error('no Worker');
    const [order] = await compareWithDeployed(worker, ['deployed'], root);
    if (order === undefined) throw new Error('no database');
    expect(order).toMatchObject({ migrations: [{ class: 'neutral' }], migrateFirst: 1 });
    expect(terminalText(describeOrder(order))).toContain('deployed: 1 query or file could not be checked');
  });

  it('takes the packages of the workspace from its commit, though node_modules links to those of now', async () => {
    const root = repository({
      'package.json': '{ "workspaces": ["packages/*"] }',
      'packages/data/package.json': '{ "name": "@shop/data", "exports": "./index.ts" }',
      'packages/data/index.ts': `export const all = 'SELECT title FROM books';`,
      'api/src/main.ts': `import { all } from '@shop/data';\nexport default { fetch: (_: Request, env: Env) => env.DB.prepare(all) };\n`,
      '.gitignore': 'node_modules',
    });
    mkdirSync(join(root, 'node_modules/@shop'), { recursive: true });
    symlinkSync('../../packages/data', join(root, 'node_modules/@shop/data'));
    writeFiles(root, {
      'packages/data/index.ts': `export const all = 'SELECT id FROM books';`,
      'migrations/0002_m.sql': 'ALTER TABLE books DROP COLUMN title',
    });
    expect(await compare(root, 'deployed')).toMatchObject({
      migrations: [{ class: 'contract', broken: [{ file: 'packages/data/index.ts' }] }],
    });
  });

  it('is an error where git does not know the commit', async () => {
    await expect(compare(repository(), 'nowhere')).rejects.toMatchObject({
      code: 'unknown-revision',
      exitCode: 2,
    });
  });
});
