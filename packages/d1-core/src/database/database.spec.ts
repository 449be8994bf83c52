import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isD1Error } from '../errors/index.ts';
import { temporaryFolder, testWrangler, writeFiles } from '../testing/index.ts';
import { runWrangler, targetArguments } from '../wrangler/index.ts';
import { copyToShadow, openLocalD1, openShadowD1, type D1 } from './index.ts';

const ID = '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0';

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (isD1Error(error) ? error.code : error),
  );

describe.each([
  [
    'a local database',
    (folder: string) => openLocalD1({ wrangler: testWrangler(), id: ID, persistTo: folder }),
  ],
  ['a shadow', () => openShadowD1(testWrangler())],
])('%s', (_, open) => {
  const folder = temporaryFolder();
  let d1: D1;
  beforeAll(() => {
    d1 = open(folder);
  });
  afterAll(() => d1.close());

  it('gives the rows of each statement of a batch', async () => {
    await d1.batch(['CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT)']);
    const rows = await d1.batch([
      `INSERT INTO a (x) VALUES ('é'), (NULL)`,
      'SELECT * FROM a',
      'SELECT 1 AS one',
    ]);
    expect(rows).toEqual([
      [],
      [
        { id: 1, x: 'é' },
        { id: 2, x: null },
      ],
      [{ one: 1 }],
    ]);
  });

  it('goes on after megabytes of statements, of which an old workerd dies', async () => {
    await d1.batch(['CREATE TABLE much (x TEXT)']);
    for (let number = 0; number < 30; number++) {
      await d1.batch([`INSERT INTO much VALUES ('${String(number).padStart(90_000, '-')}')`]);
    }
    expect(await d1.batch(['SELECT count(*) AS rows FROM much'])).toEqual([[{ rows: 30 }]]);
  });

  it('keeps nothing of a batch that fails', async () => {
    expect(await codeOf(d1.batch(['CREATE TABLE b (x)', 'SELEKT 1']))).toBe('sql-syntax');
    expect(await d1.batch([`SELECT name FROM sqlite_master WHERE name = 'b'`])).toEqual([[]]);
  });

  it('refuses what D1 refuses', async () => {
    expect(await codeOf(d1.batch(['PRAGMA journal_mode = WAL']))).toBe('sql-not-authorized');
    expect(await codeOf(d1.batch(['BEGIN']))).toBe('sql-not-authorized');
    expect(await codeOf(d1.batch([`SELECT '${'x'.repeat(100_000)}'`]))).toBe('sql-too-big');
  });

  it('says that a foreign key is violated at the end of a batch', async () => {
    await d1.batch(['CREATE TABLE p (id INTEGER PRIMARY KEY)', 'CREATE TABLE c (p REFERENCES p (id))']);
    const work = d1.batch(['PRAGMA defer_foreign_keys = on', 'INSERT INTO c VALUES (7)']);
    expect(await codeOf(work)).toBe('sql-constraint');
    expect(await d1.batch(['SELECT * FROM c'])).toEqual([[]]);
  });

  it('asks nothing for an empty batch', async () => {
    expect(await d1.batch([])).toEqual([]);
  });
});

describe('a local database that another process is writing to', () => {
  const persistTo = temporaryFolder();
  let d1: D1;
  let other: DatabaseSync;

  beforeAll(async () => {
    d1 = openLocalD1({ wrangler: testWrangler(), id: ID, persistTo });
    await d1.batch(['CREATE TABLE p (id INTEGER PRIMARY KEY)', 'CREATE TABLE c (p REFERENCES p (id))']);
    other = new DatabaseSync(join(persistTo, sqliteFileIn(persistTo)));
  });
  afterAll(async () => {
    other.close();
    await d1.close();
  });

  it.each([
    ['a read', 'SELECT count(*) AS n FROM p'],
    ['a write', 'INSERT INTO p DEFAULT VALUES RETURNING 0 AS n'],
  ])('is asked again for %s until the other has finished', async (_, sql) => {
    other.exec('BEGIN EXCLUSIVE');
    setTimeout(() => other.exec('COMMIT'), 500);
    expect(await d1.batch([sql])).toEqual([[{ n: 0 }]]);
  });

  it.each(['SELECT * FROM p', 'INSERT INTO p DEFAULT VALUES'])(
    'is called busy when the other does not finish, for %s',
    async (sql) => {
      other.exec('BEGIN EXCLUSIVE');
      expect(await codeOf(d1.batch([sql]))).toBe('database-busy');
      other.exec('ROLLBACK');
    },
  );
});

const sqliteFileIn = (folder: string): string => {
  const isDatabase = (file: string) => file.endsWith('.sqlite') && !file.includes('metadata');
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(isDatabase);
  if (file === undefined) throw new Error(`There is no database in ${folder}.`);
  return file;
};

describe('a local database and wrangler', () => {
  const folder = temporaryFolder();
  const configFile = join(folder, 'wrangler.toml');
  const persistTo = join(folder, '.wrangler/state');
  const database = { wrangler: testWrangler(), id: ID, persistTo };

  beforeAll(() => {
    writeFiles(folder, {
      'wrangler.toml': `name = "test"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "test"\ndatabase_id = "${ID}"\n`,
    });
  });

  const wranglerExecutes = (sql: string) =>
    runWrangler(database.wrangler, {
      args: [
        'd1',
        'execute',
        ...targetArguments({ configFile, wranglerEnv: '', location: 'local', binding: 'DB' }),
        `--command=${sql}`,
      ],
      cwd: folder,
    });

  it('see each other’s changes, also while both have it open', async () => {
    const d1 = openLocalD1(database);
    await d1.batch(['CREATE TABLE ours (x)']);
    expect(await wranglerExecutes('CREATE TABLE theirs (x)')).toMatchObject({ exitCode: 0 });
    const [tables] = await d1.batch([
      `SELECT name FROM sqlite_master WHERE name IN ('ours', 'theirs') ORDER BY name`,
    ]);
    expect(tables).toEqual([{ name: 'ours' }, { name: 'theirs' }]);
    await d1.close();
  });

  it('are copied to a shadow, which leaves the original alone', async () => {
    const original = openLocalD1(database);
    await original.batch(['CREATE TABLE kept (x)', 'INSERT INTO kept VALUES (1)']);
    await original.close();

    const shadow = await copyToShadow(database);
    expect(await shadow.batch(['SELECT * FROM kept', 'DROP TABLE kept'])).toEqual([[{ x: 1 }], []]);
    await shadow.close();

    expect(await original.batch(['SELECT * FROM kept'])).toEqual([[{ x: 1 }]]);
    await original.close();
  });
});
