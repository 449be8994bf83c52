import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import {
  checkDocument,
  checkWorker,
  describeCheck,
  exitCodeOf,
  keepNewestModule,
  readRecorded,
  reportPage,
  workersOf,
} from './index.ts';

const CONFIG = `main = "main.ts"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "x"\n`;

const MIGRATIONS = {
  'migrations/0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, city TEXT);
CREATE VIEW names AS SELECT id, name FROM users;`,
  'migrations/0002_posts.sql':
    "CREATE TABLE posts (id TEXT PRIMARY KEY, user_id INTEGER REFERENCES users, body TEXT NOT NULL DEFAULT '');",
  'migrations/0003_rename.sql': 'ALTER TABLE users RENAME COLUMN city TO town;',
  'migrations/0004_drop.sql':
    'CREATE TABLE old (id INTEGER); DROP TABLE old; ALTER TABLE posts RENAME TO articles;',
};

async function check(source: string, files: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder();
  writeFiles(root, { 'wrangler.toml': CONFIG, ...MIGRATIONS, 'main.ts': source, ...files });
  const [worker] = workersOf(join(root, 'wrangler.toml'));
  if (worker === undefined) throw new Error('no Worker');
  return { root, result: await checkWorker(worker) };
}

const findingsOf = async (source: string, files?: Readonly<Record<string, string>>) => {
  const { result } = await check(source, files);
  return result.findings.map(({ severity, code, message, since, help, place }) => ({
    severity,
    code,
    message,
    since,
    help,
    at: `${place.line}:${place.column}`,
  }));
};

describe('a query that does not work', () => {
  it.each([
    [
      'a column that was renamed',
      'SELECT city FROM users',
      'no such column: city',
      '0003_rename.sql',
      'It is called town since 0003_rename.sql.',
      8,
    ],
    [
      'a table that was renamed',
      'SELECT id FROM posts',
      'no such table: posts',
      '0004_drop.sql',
      'It is called articles since 0004_drop.sql.',
      16,
    ],
    [
      'a name that was never there',
      'SELECT emal FROM users',
      'no such column: emal',
      undefined,
      'Did you mean email?',
      8,
    ],
    ['a function', 'SELECT nope(id) FROM users', 'no such function: nope', undefined, undefined, 8],
    [
      'a column of an INSERT',
      'INSERT INTO users (email, nam) VALUES (1, 2)',
      'table users has no column named nam',
      undefined,
      'Did you mean name?',
      27,
    ],
    ['no SQL', 'SELECT FROM users', 'near "FROM": syntax error', undefined, undefined, 8],
    [
      'a transaction',
      'BEGIN',
      'D1 refuses BEGIN',
      undefined,
      'Statements that belong together go into one batch(), which is a transaction.',
      1,
    ],
  ])('is an error in the source: %s', async (_, sql, message, since, help, column) => {
    expect(await findingsOf(`env.DB.prepare('${sql}')`)).toEqual([
      { severity: 'error', code: 'does-not-compile', message, since, help, at: `1:${column + 16}` },
    ]);
  });

  it('is shown with its line, and the migration from which on it fails', async () => {
    const { root, result } = await check(
      'const q = `\n  SELECT id,\n    city\n  FROM users`;\nenv.DB.prepare(q)',
    );
    const text = terminalText(describeCheck(result, root, { maxScans: undefined, maxDynamic: undefined }));
    expect(text).toContain('main.ts:3:5 no such column: city');
    expect(text).toContain('> 3 |     city\n    |     ^');
    expect(text).toContain('It fails from 0003_rename.sql on.\n  It is called town since 0003_rename.sql.');
    expect(exitCodeOf([result], { maxScans: undefined, maxDynamic: undefined })).toBe(1);
  });

  it('is in a view, which is named', async () => {
    const rebuilt = {
      'migrations/0005_x.sql':
        'DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);',
    };
    expect(await findingsOf(`env.DB.prepare('SELECT id FROM names')`, rebuilt)).toEqual([
      expect.objectContaining({
        message: 'the view names does not work: no such column: name',
        since: '0005_x.sql',
      }),
    ]);
  });
});

describe('what D1 takes without a word', () => {
  it('a name in double quotes that is no column is a warning', async () => {
    expect(await findingsOf(`env.DB.prepare('SELECT id FROM users WHERE name = "ana"')`)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'text-in-double-quotes',
        message: `"ana" is not a column, so D1 takes it for the text 'ana'`,
      }),
    ]);
    expect(await findingsOf(`env.DB.prepare('SELECT "id" FROM "users"')`)).toEqual([]);
  });

  it.each([
    [`prepare('INSERT INTO users (name) VALUES (?)').bind(1).run()`, ['missing-column']],
    [`prepare('INSERT INTO users DEFAULT VALUES').run()`, ['missing-column']],
    [`prepare('INSERT INTO users (email) VALUES (?)').bind(1).run()`, []],
    [`prepare('INSERT INTO articles (id) VALUES (?)').bind(1).run()`, []],
    [`prepare('SELECT ? + ?2 + :a').bind(1, 2).first()`, ['wrong-parameters']],
    [`prepare('SELECT ?1 + ?1').bind(1).first()`, []],
    [`prepare('SELECT ?').first()`, ['wrong-parameters']],
    ['prepare(`SELECT id FROM users WHERE id IN (${x.map(() => "?").join()})`).bind(1, 2, 3).all()', []],
    ['prepare(`SELECT id FROM users WHERE ${x ? "id = ?" : "id = ? AND name = ?"}`).bind(1).all()', []],
  ])('%s', async (source, codes) => {
    expect((await findingsOf(`env.DB.${source}`)).map(({ code }) => code)).toEqual(codes);
  });

  it('exec() runs each line by itself', async () => {
    expect(await findingsOf('env.DB.exec(`DELETE FROM users;\nDELETE FROM articles`)')).toEqual([]);
    expect(await findingsOf('env.DB.exec(`DELETE\nFROM users`)')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/incomplete input|syntax error/),
        at: '1:20',
        help: expect.stringContaining('each line by itself'),
      }),
      expect.objectContaining({ at: '2:1' }),
    ]);
  });
});

it('a form that can never be made is left out, where another one works', async () => {
  const { result } = await check(
    'const w: string[] = []; if (x) w.push("name = ?"); const where = w.length > 0 ? `WHERE ${w.join()}` : ""; env.DB.prepare(`SELECT id FROM users ${where}`)',
  );
  expect(result.findings).toEqual([]);
  expect(result.impossible).toBe(1);
});

it('what the Worker makes itself when it runs is there for its queries', async () => {
  expect(
    await findingsOf(
      `env.DB.exec('CREATE TABLE IF NOT EXISTS cache (k TEXT)'); env.DB.prepare('SELECT k FROM cache')`,
    ),
  ).toEqual([]);
});

it('the history of wrangler can be read', async () => {
  expect(await findingsOf(`env.DB.prepare('SELECT name FROM d1_migrations ORDER BY id')`)).toEqual([]);
});

describe('a whole table that is read', () => {
  it('is listed, with the index that was tried and helps', async () => {
    const { root, result } = await check(
      `env.DB.prepare('SELECT u.id FROM users AS u WHERE u.name = ?').bind(1); env.DB.prepare('SELECT id FROM users WHERE id = ?').bind(1); env.DB.prepare('SELECT * FROM users')`,
    );
    expect(result.queries.map(({ scans }) => scans)).toEqual([
      [{ table: 'users', index: 'CREATE INDEX idx_users_name ON users (name);' }],
      [],
      [{ table: 'users', index: undefined }],
    ]);
    expect(exitCodeOf([result], { maxScans: undefined, maxDynamic: 0 })).toBe(0);
    expect(exitCodeOf([result], { maxScans: 1, maxDynamic: undefined })).toBe(1);
    expect(reportPage([result], root)).toContain('reads the whole table');
    expect(checkDocument(result, root)).toMatchObject({
      main: 'main.ts',
      queries: [{}, {}, {}],
      notChecked: [],
    });
  });
});

describe('two databases', () => {
  const two = {
    'wrangler.toml': `${CONFIG}[[d1_databases]]\nbinding = "LOG"\ndatabase_id = "y"\nmigrations_dir = "log"\n`,
    'log/0001_log.sql': 'CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT);',
  };

  it('each query is checked on the one that is asked', async () => {
    expect(
      await findingsOf(
        `env.LOG.prepare('SELECT line FROM log'); env.DB.prepare('SELECT id FROM users')`,
        two,
      ),
    ).toEqual([]);
    expect(await findingsOf(`env.DB.prepare('SELECT line FROM log')`, two)).toEqual([
      expect.objectContaining({ message: 'no such table: log' }),
    ]);
  });

  it('both are tried where the source does not tell it, and that is said', async () => {
    const source = `export const f = (d: any) => d.prepare('SELECT line FROM log')`;
    const { root, result } = await check(source, two);
    expect(result.findings).toEqual([]);
    const text = terminalText(describeCheck(result, root, { maxScans: undefined, maxDynamic: undefined }));
    expect(text).toContain('Of 1 query the source does not tell which database is asked: tried on DB, LOG.');
  });
});

describe('what cannot be checked', () => {
  it('a broken file ends with 3, and what does not compile elsewhere is found', async () => {
    const { result } = await check(`import './broken'; env.DB.prepare('SELECT id FROM users')`, {
      'broken.ts': 'const = ',
    });
    expect(exitCodeOf([result], { maxScans: undefined, maxDynamic: undefined })).toBe(3);
    expect(result.queries).toHaveLength(1);
  });

  it('a migration that fails is an error', async () => {
    const { root, result } = await check('', { 'migrations/0005_bad.sql': 'ALTER TABLE nope ADD COLUMN a' });
    expect(exitCodeOf([result], { maxScans: undefined, maxDynamic: undefined })).toBe(1);
    const text = terminalText(describeCheck(result, root, { maxScans: undefined, maxDynamic: undefined }));
    expect(text).toContain('The migration 0005_bad.sql fails on an empty database (no such table: nope)');
  });

  it.each([
    ['no-database', 'main = "main.ts"\n'],
    ['no-main', CONFIG.replace('main.ts', 'gone.ts')],
    ['no-main', CONFIG.replace('main = "main.ts"', '')],
  ])('a config ends with %s', (code, config) => {
    const root = temporaryFolder();
    writeFiles(root, { 'wrangler.toml': config, 'main.ts': '' });
    expect(() => workersOf(join(root, 'wrangler.toml'))).toThrow(
      expect.objectContaining({ code, exitCode: 2 }),
    );
  });
});

it('the module of the newest migration is written only when that is asked for', async () => {
  const { root, result } = await check('');
  const file = join(root, 'src/newest.ts');
  expect(await keepNewestModule(file, [result], false)).toBe('stale');
  expect(await keepNewestModule(file, [result], true)).toBe('written');
  expect(await keepNewestModule(file, [result], false)).toBe('right');
  expect(readFileSync(file, 'utf8')).toContain("  DB: '0004_drop.sql',");
});

it('what was recorded is checked like what was found', async () => {
  const { root } = await check('');
  writeFiles(root, {
    'out.log':
      'd1-queries-recorded {"sql":"SELECT city FROM users","kind":"prepare","at":"at f (main.ts:1:1)"}',
  });
  const [worker] = workersOf(join(root, 'wrangler.toml'));
  if (worker === undefined) throw new Error('no Worker');
  const { findings } = await checkWorker(worker, readRecorded(join(root, 'out.log'), root));
  expect(findings).toEqual([
    expect.objectContaining({ message: 'no such column: city', since: '0003_rename.sql' }),
  ]);
});
