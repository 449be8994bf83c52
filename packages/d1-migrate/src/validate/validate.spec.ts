import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { listTargetMigrations } from '../survey/index.ts';
import { targetIn } from '../testing/index.ts';
import { writeScripts } from '../testing/scripts.ts';
import { describeValidation, validate, validateDocument, type ValidateResult } from './index.ts';

const USERS = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';

function validateIn(workspace: TestWorkspace, write = false): Promise<ValidateResult> {
  const target = targetIn(workspace);
  return validate({
    wrangler: target.wrangler,
    files: listTargetMigrations(target),
    schemaFile: join(workspace.root, 'migrations/schema/schema.sql'),
    write,
  });
}

const codes = ({ problems }: ValidateResult) =>
  problems.map(({ code, line }) => `${code} ${line ?? ''}`.trim());

describe('validating migrations', () => {
  it('finds nothing wrong with migrations whose scripts are proved', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_users.sql': USERS, '0002_mail.sql': 'ALTER TABLE users ADD COLUMN mail TEXT;\n' },
    });
    await writeScripts(workspace);
    const result = await validateIn(workspace);
    expect(result.problems).toEqual([]);
    expect(result.migrations).toEqual([
      { name: '0001_users.sql', rollback: 'exact' },
      { name: '0002_mail.sql', rollback: 'exact' },
    ]);
    expect(describeValidation(result, workspace.root)).toContain('Ways back: 2 exact.');
  });

  it.each([
    ['a NOT NULL column without a default', 'ALTER TABLE users ADD COLUMN mail TEXT NOT NULL;'],
    ['a default that is not constant', 'ALTER TABLE users ADD COLUMN made TEXT DEFAULT CURRENT_TIMESTAMP;'],
    [
      'a reference with a default',
      'ALTER TABLE users ADD COLUMN boss INTEGER DEFAULT 1 REFERENCES users (id);',
    ],
    [
      'a CHECK that the default breaks',
      'ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0 CHECK (age > 0);',
    ],
  ])('says that adding %s fails on tables with rows, and at which line', async (_, sql) => {
    const workspace = testWorkspace({
      migrations: { '0001_users.sql': USERS, '0002_add.sql': `-- More of them.\n${sql}\n` },
    });
    const result = await validateIn(workspace);
    expect(codes(result)).toEqual([
      'no-rollback-script',
      'no-rollback-script',
      expect.stringMatching(/^(fails-with|refused-by)-rows 2$/),
    ]);
  });

  it('says what wrangler would not run as it stands, though SQLite does', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_users.sql': `-- Needs no BEGIN TRANSACTION.\n${USERS}`,
        '0002_tags.sql': 'CREATE TABLE tags (id INTEGER PRIMARY KEY)\n',
      },
    });
    const { problems } = await validateIn(workspace);
    expect(problems.map(({ severity, code, line }) => [severity, code, line])).toEqual([
      ['error', 'transaction-words', 1],
      ['error', 'missing-semicolon', 1],
      ['warning', 'no-rollback-script', undefined],
      ['warning', 'no-rollback-script', undefined],
    ]);
  });

  it('goes on after a migration that refuses the rows, also where a search index lacks them', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_notes.sql': 'CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT NOT NULL);\n',
        '0002_search.sql': `CREATE VIRTUAL TABLE search USING fts5 (words, content = 'notes', content_rowid = 'id');
CREATE TRIGGER notes_gone AFTER DELETE ON notes BEGIN
  INSERT INTO search (search, rowid, words) VALUES ('delete', old.id, old.words);
END;\n`,
        '0003_words.sql': `CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL);
INSERT OR IGNORE INTO words (word) SELECT value FROM notes, json_each(notes.words);\n`,
        '0004_more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY);\n',
      },
    });
    const result = await validateIn(workspace);
    expect(codes(result)).toContain('refused-by-rows 2');
    expect(result.unchecked).toEqual([]);
  });

  it('names the file and line of what fails on an empty database, and how many were not run', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_users.sql': USERS,
        '0002_bad.sql': 'CREATE TABLE a (x);\n\nDROP TABLE nowhere;\n',
        '0003_c.sql': 'CREATE TABLE c (x);\n',
      },
    });
    const { problems } = await validateIn(workspace);
    expect(problems[0]).toMatchObject({
      code: 'fails-from-empty',
      message: expect.stringMatching(/no such table: nowhere.*The 1 behind it were not run\./),
      file: join(workspace.root, 'migrations/0002_bad.sql'),
      line: 3,
    });
  });

  it('says which scripts are stale, unsigned, edited and wrong', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_users.sql': USERS,
        '0002_a.sql': 'CREATE TABLE a (x INTEGER);\n',
        '0003_b.sql': 'CREATE TABLE b (x INTEGER);\n',
      },
    });
    await writeScripts(workspace);
    workspace.write({
      'migrations/0001_users.sql': USERS.replace('name', 'title'),
      'migrations/rollback/0002_a.sql': 'DROP TABLE a;\n',
    });
    const path = join(workspace.root, 'migrations/rollback/0003_b.sql');
    workspace.write({
      'migrations/rollback/0003_b.sql': readFileSync(path, 'utf8').replace('DROP TABLE b', 'DELETE FROM b'),
    });
    const result = await validateIn(workspace);
    expect(codes(result)).toEqual([
      'rollback-stale 1',
      'rollback-unsigned 1',
      'rollback-edited 1',
      'rollback-wrong',
    ]);
    expect(result.migrations.map(({ rollback }) => rollback)).toEqual([
      'not-proved',
      'not-proved',
      'not-proved',
    ]);
  });

  it('writes the schema, the same every time, and says when the file is another one', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_users.sql': USERS, '0002_i.sql': 'CREATE INDEX idx_users_name ON users (name);\n' },
    });
    const file = join(workspace.root, 'migrations/schema/schema.sql');
    expect((await validateIn(workspace)).schema).toBe('none');
    expect(existsSync(file)).toBe(false);
    expect((await validateIn(workspace, true)).schema).toBe('written');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('CREATE INDEX idx_users_name ON users (name);\n');
    expect((await validateIn(workspace, true)).schema).toBe('current');
    expect(readFileSync(file, 'utf8')).toBe(text);

    workspace.write({ 'migrations/0003_more.sql': 'ALTER TABLE users ADD COLUMN mail TEXT;\n' });
    const stale = await validateIn(workspace);
    expect(stale.schema).toBe('stale');
    expect(codes(stale)).toContain('schema-stale');
  });

  it('finds views and triggers that no longer work after the last migration', async () => {
    const workspace = testWorkspace({
      migrations: {
        '0001_users.sql': `${USERS}CREATE TABLE log (name TEXT);\nCREATE VIEW names AS SELECT name FROM log;\nCREATE TRIGGER users_log AFTER INSERT ON users BEGIN INSERT INTO log (name) VALUES (new.name); END;\n`,
        '0002_drop.sql': 'DROP TABLE log;\n',
      },
    });
    const { problems } = await validateIn(workspace);
    const broken = problems.filter(({ code }) => code === 'broken-object').map(({ message }) => message);
    expect(broken.join('\n')).toMatch(/the view names cannot be used/);
    expect(broken.join('\n')).toMatch(/the trigger users_log cannot be used/);
  });

  it('gives the same document for the same migrations', async () => {
    const workspace = testWorkspace({ migrations: { '0001_users.sql': USERS } });
    const document = async () =>
      JSON.stringify(validateDocument(await validateIn(workspace), workspace.root));
    expect(await document()).toBe(await document());
    expect(await document()).not.toContain(workspace.root);
  });
});
