import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  executeScript,
  exportDatabase,
  openRemoteD1,
  readBookmark,
  restoreBookmark,
  type RemoteDatabase,
} from 'd1-core/database';
import { errorOf, temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { findWrangler } from 'd1-core/wrangler';
import { startCloudflareApi, type CloudflareApi } from './index.ts';

const ID = '00000000-0000-4000-8000-000000000005';
const TOKEN = 'a-token-of-a-login';

/** With this variable, whatever it says, only wrangler knows the way to Cloudflare. */
const ONLY_WRANGLER = { WRANGLER_API_ENVIRONMENT: 'production' };

const before = { ...process.env };
const folder = temporaryFolder();
const configFile = join(folder, 'wrangler.toml');
let api: CloudflareApi;

const database: RemoteDatabase = {
  wrangler: testWrangler(),
  target: { configFile, wranglerEnv: '', location: 'remote', binding: 'DB', databaseId: ID },
  timeout: 60_000,
};

beforeAll(async () => {
  writeFiles(folder, {
    'wrangler.toml': `name = "worker"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "main"\ndatabase_id = "${ID}"\n`,
  });
  api = await startCloudflareApi({
    accounts: [
      { id: 'acc0123456789abcdef0123456789abc', name: 'One' },
      { id: 'acc0123456789abcdef0123456789abd', name: 'Two' },
    ],
    tokens: {
      one: ['acc0123456789abcdef0123456789abc'],
      both: ['acc0123456789abcdef0123456789abc', 'acc0123456789abcdef0123456789abd'],
      [TOKEN]: ['acc0123456789abcdef0123456789abc'],
    },
    databases: [{ id: ID, name: 'main' }],
  });
  await api.warmUp();
});

beforeEach(() => void Object.assign(process.env, api.env));
afterEach(() => {
  api.faults.clear();
  api.log.clear();
  process.env = { ...before };
});
afterAll(() => api.close());

const d1 = () => openRemoteD1(database);

/** Whether requests came from wrangler, which says its name. */
const askedByWrangler = () => api.log.list().some(({ userAgent }) => userAgent?.startsWith('wrangler'));

describe.each([
  ['directly', {}],
  ['through wrangler', ONLY_WRANGLER],
])('a remote database that is asked %s', (way, variables) => {
  beforeEach(() => void Object.assign(process.env, variables));
  afterEach(() => expect(askedByWrangler()).toBe(way === 'through wrangler'));

  it('returns the rows of each statement of a batch, which is one transaction', async () => {
    const table = way === 'directly' ? 'direct' : 'detour';
    const statements = [
      `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, x)`,
      `INSERT INTO ${table} (x) VALUES ('a;b'), (NULL)`,
      `SELECT * FROM ${table}`,
    ];
    expect(await d1().batch(statements)).toEqual([
      [],
      [],
      [
        { id: 1, x: 'a;b' },
        { id: 2, x: null },
      ],
    ]);
    const failed = d1().batch([`INSERT INTO ${table} (x) VALUES ('lost')`, 'INSERT INTO nowhere VALUES (1)']);
    expect(await errorOf(failed)).toMatchObject({ code: 'sql-error', message: 'no such table: nowhere' });
    expect(await d1().batch([`SELECT count(*) AS n FROM ${table}`])).toEqual([[{ n: 2 }]]);
  });

  it('goes back to the bookmark of a moment', async () => {
    await d1().batch([
      'CREATE TABLE IF NOT EXISTS kept (x)',
      'DELETE FROM kept',
      'INSERT INTO kept VALUES (1)',
    ]);
    const bookmark = await readBookmark(database);
    await d1().batch(['DELETE FROM kept']);
    await restoreBookmark(database, bookmark);
    expect(await d1().batch(['SELECT * FROM kept'])).toEqual([[{ x: 1 }]]);
  });

  it('takes a script that is longer than a command line, and says which error undid it', async () => {
    const long = (rows: number) => [
      'DROP TABLE IF EXISTS long',
      'CREATE TABLE long (x)',
      ...Array.from({ length: rows }, (_, index) => `INSERT INTO long VALUES ('${'x'.repeat(300)}${index}')`),
    ];
    await executeScript(d1(), database, long(500));
    expect(await d1().batch(['SELECT count(*) AS n FROM long'])).toEqual([[{ n: 500 }]]);
    const failing = executeScript(d1(), database, [...long(400), 'INSERT INTO nowhere VALUES (1)']);
    expect(await errorOf(failing)).toMatchObject({ code: 'sql-error', message: /no such table: nowhere/ });
    expect(await d1().batch(['SELECT count(*) AS n FROM long'])).toEqual([[{ n: 500 }]]);
  });

  it('is exported into a file, in place of the one that is there', async () => {
    await d1().batch([
      'CREATE TABLE IF NOT EXISTS exported (x)',
      'DELETE FROM exported',
      'INSERT INTO exported VALUES (7)',
    ]);
    const file = join(temporaryFolder(), 'dump.sql');
    writeFileSync(file, 'old');
    await exportDatabase(database, file);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('INSERT INTO "exported" ("x") VALUES(7);');
    expect(text).not.toContain('old');
    api.faults.add({
      path: '*/export',
      action: { kind: 'answer', status: 400, code: 7500, message: 'no export: SQLITE_ERROR' },
    });
    expect(await errorOf(exportDatabase(database, file))).toMatchObject({ code: 'sql-error' });
  });
});

describe('a remote database without wrangler', () => {
  it.each([
    [{ kind: 'answer', status: 401, code: 10000, message: 'Authentication error' }, 'token-refused'],
    [
      { kind: 'answer', status: 404, code: 7404, message: 'The database could not be found' },
      'unknown-database',
    ],
    [{ kind: 'answer', status: 429, code: 971, message: 'Please wait' }, 'rate-limited'],
    [{ kind: 'answer', status: 502, body: '<html>Bad Gateway</html>' }, 'cloudflare-failed'],
    [
      {
        kind: 'answer',
        status: 400,
        code: 7500,
        message: 'D1 DB is overloaded. Requests queued for too long.',
      },
      'database-timeout',
    ],
    [{ kind: 'cut' }, 'network'],
  ] as const)('says of %j: %s', async (action, code) => {
    api.faults.add({ path: '*/query', action });
    expect(await errorOf(d1().batch(['SELECT 1']))).toMatchObject({ code });
  });

  it('is given up when no answer comes in time', async () => {
    api.faults.add({ path: '*/query', action: { kind: 'hang' } });
    const asking = openRemoteD1({ ...database, timeout: 300 }).batch(['SELECT 1']);
    expect(await errorOf(asking)).toMatchObject({ code: 'cloudflare-timeout' });
  });

  it('calls an answer that breaks off a failure of the network', async () => {
    api.faults.add({ path: '*/query', action: { kind: 'cut-body', bytes: 20 } });
    expect(await errorOf(d1().batch(['SELECT 1']))).toMatchObject({ code: 'network' });
  });

  it('says how long Cloudflare wants to be left alone', async () => {
    const action = { kind: 'answer', status: 429, code: 971, message: 'Please wait', retryAfter: 7 } as const;
    api.faults.add({ path: '*/query', action });
    expect(await errorOf(d1().batch(['SELECT 1']))).toMatchObject({ code: 'rate-limited', retryAfter: 7 });
  });

  it('takes a batch of any length in one request', async () => {
    const text = 'x'.repeat(90_000);
    const [first = [], second = []] = await d1().batch([`SELECT '${text}' AS x`, `SELECT '${text}' AS x`]);
    expect([first[0]?.['x'], second[0]?.['x']]).toEqual([text, text]);
    expect(api.log.list()).toHaveLength(1);
  });

  it('gets statements with LF, and texts as they are', async () => {
    const [, row] = await d1().batch([
      'CREATE TABLE IF NOT EXISTS lines (x)\r\n-- a comment\r\n',
      "SELECT\r\n'a\r\nb' AS x",
    ]);
    expect(row).toEqual([{ x: 'a\r\nb' }]);
    expect(api.log.list()[0]?.body).not.toContain('comment\\r\\n');
  });

  it('takes the only account of the token where none is named', async () => {
    delete process.env['CLOUDFLARE_ACCOUNT_ID'];
    expect(await d1().batch(['SELECT 1 AS x'])).toEqual([[{ x: 1 }]]);
    expect(api.log.list().map(({ path }) => path)).toEqual(['/accounts', expect.stringMatching(/\/query$/)]);
  });

  it('is left to wrangler where several accounts could be meant', async () => {
    delete process.env['CLOUDFLARE_ACCOUNT_ID'];
    process.env['CLOUDFLARE_API_TOKEN'] = 'both';
    expect(await errorOf(d1().batch(['SELECT 1']))).toMatchObject({ code: 'several-accounts' });
  });
});

describe('a login of wrangler', () => {
  beforeEach(() => {
    delete process.env['CLOUDFLARE_API_TOKEN'];
    const home = temporaryFolder();
    Object.assign(process.env, { HOME: home, XDG_CONFIG_HOME: join(home, '.config') });
    const file = `oauth_token = "${TOKEN}"\nrefresh_token = "r"\nexpiration_time = "2099-01-01T00:00:00.000Z"\nscopes = ["d1:write"]\n`;
    for (const path of ['.config/.wrangler/config', '.wrangler/config']) {
      mkdirSync(join(home, path), { recursive: true });
      writeFileSync(join(home, path, 'default.toml'), file);
    }
  });

  it('is asked for once, and used for every request', async () => {
    const connection = d1();
    expect(await connection.batch(['SELECT 1 AS x'])).toEqual([[{ x: 1 }]]);
    expect(await connection.batch(['SELECT 2 AS x'])).toEqual([[{ x: 2 }]]);
    expect(askedByWrangler()).toBe(false);
  });

  it('is left to wrangler where it is too old to say it', async () => {
    const old = { ...database, wrangler: findWrangler(import.meta.dirname, 'wrangler-min') };
    expect(await openRemoteD1(old).batch(['SELECT 1 AS x'])).toEqual([[{ x: 1 }]]);
    expect(askedByWrangler()).toBe(true);
  });

  it('is asked for again when it has ended', async () => {
    const action = { kind: 'answer', status: 401, code: 10000, message: 'Authentication error' } as const;
    api.faults.add({ path: '*/query', action });
    expect(await d1().batch(['SELECT 1 AS x'])).toEqual([[{ x: 1 }]]);
    expect(api.log.list().map(({ fault }) => fault)).toEqual(['answer', undefined]);
  });
});
