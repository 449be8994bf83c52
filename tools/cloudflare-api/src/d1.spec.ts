import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startCloudflareApi, type CloudflareApi } from './index.ts';
import { bookmark, createClient, query, type Client } from './testing/client.ts';

const DATABASE = { id: '00000000-0000-4000-8000-000000000004', name: 'main' };
const OTHER_ACCOUNT = { id: '0000000000000000000000000000000b', name: 'Other' };

describe('D1 over the API', () => {
  let api: CloudflareApi;
  let client: Client;
  const path = `/d1/database/${DATABASE.id}`;
  const sql = (text: string) => query(client, DATABASE.id, text);
  const now = () => bookmark(client, DATABASE.id);

  beforeAll(async () => {
    api = await startCloudflareApi({
      accounts: [{ id: '0000000000000000000000000000000a', name: 'Own' }, OTHER_ACCOUNT],
      databases: [DATABASE, { name: 'theirs', accountId: OTHER_ACCOUNT.id }],
    });
    client = createClient(api);
  });

  afterAll(() => api.close());

  it('runs one request as one transaction', async () => {
    await sql('CREATE TABLE atomic (id INTEGER)');
    expect(
      await client('POST', `${path}/query`, {
        sql: 'INSERT INTO atomic VALUES (1); INSERT INTO nowhere VALUES (1)',
      }),
    ).toMatchObject({ status: 400, success: false, code: 7500 });
    expect(await sql('SELECT * FROM atomic')).toEqual([[]]);
  });

  it('binds parameters, to a single statement only', async () => {
    const ask = (text: string) => client('POST', `${path}/query`, { sql: text, params: ['x', 2] });
    expect(await ask('SELECT ? AS a, ? AS b')).toMatchObject({ result: [{ results: [{ a: 'x', b: 2 }] }] });
    expect(await ask('SELECT ?; SELECT ?')).toMatchObject({ status: 400, code: 7400 });
  });

  it('takes a batch of queries', async () => {
    const batch = [{ sql: 'SELECT ? AS a', params: [1] }, { sql: 'SELECT 2 AS b' }];
    expect(await client('POST', `${path}/query`, { batch })).toMatchObject({
      result: [{ results: [{ a: 1 }] }, { results: [{ b: 2 }] }],
    });
  });

  it('gives raw rows, where columns may share a name', async () => {
    expect(await client('POST', `${path}/raw`, { sql: 'SELECT 1 AS a, 2 AS a' })).toMatchObject({
      result: [{ success: true, results: { columns: ['a', 'a'], rows: [[1, 2]] } }],
    });
  });

  it('tells what a statement cost', async () => {
    const { result } = await client('POST', `${path}/query`, { sql: 'CREATE TABLE costs (id INTEGER)' });
    expect(result).toMatchObject([
      { meta: { changed_db: true, rows_written: expect.any(Number), size_after: expect.any(Number) } },
    ]);
  });

  it.each([
    ['an id that is no UUID', 'POST', '/d1/database/placeholder/query', 400, 7400],
    ['an unknown id', 'POST', '/d1/database/00000000-0000-4000-8000-0000000000ff/query', 404, 7404],
    ['an unknown name', 'GET', '/d1/database/nobody?fields=uuid,name', 404, 7404],
    ['an unknown path', 'GET', '/d1/nothing', 404, 7003],
    ['no SQL', 'POST', `${path}/query`, 400, 7400],
    ['to delete by name', 'DELETE', `/d1/database/${DATABASE.name}`, 400, 7400],
  ])('refuses %s', async (_, method, where, status, code) => {
    const body = method === 'POST' ? {} : undefined;
    expect(await client(method, where, body)).toMatchObject({ status, code, success: false, result: null });
  });

  it('keeps the databases of accounts apart', async () => {
    const theirs = api.databases().find(({ name }) => name === 'theirs');
    expect(await client('GET', '/d1/database')).toMatchObject({ result: [{ name: 'main' }] });
    expect(await client('GET', `/d1/database/${theirs?.id}`)).toMatchObject({ status: 404 });
    expect(await createClient(api, OTHER_ACCOUNT.id)('GET', `/d1/database/${theirs?.id}`)).toMatchObject({
      result: { uuid: theirs?.id, version: 'production' },
    });
  });

  it('lists page by page', async () => {
    const other = createClient(api, OTHER_ACCOUNT.id);
    for (const name of ['second', 'third']) await other('POST', '/d1/database', { name });
    expect(await other('GET', '/d1/database?per_page=2&page=2')).toMatchObject({
      result: [{ name: 'third' }],
      info: { page: 2, per_page: 2, count: 1, total_count: 3 },
    });
    expect(await other('POST', '/d1/database', { name: 'third' })).toMatchObject({ code: 7502 });
  });

  it('forgets what was in a deleted database', async () => {
    const { result } = await client('POST', '/d1/database', { name: 'short-lived' });
    expect(result).toMatchObject({ name: 'short-lived', num_tables: 0 });
    const [id] = api
      .databases()
      .flatMap((database) => (database.name === 'short-lived' ? [database.id] : []));
    expect(await client('DELETE', `/d1/database/${id}`)).toMatchObject({ status: 200, result: null });
    expect(await client('GET', `/d1/database/${id}`)).toMatchObject({ status: 404 });
  });

  it('exports what was asked for, and reports a table that cannot be exported', async () => {
    const created = await client('POST', '/d1/database', { name: 'exported' });
    const [id = ''] = api.databases().flatMap(({ id, name }) => (name === 'exported' ? [id] : []));
    expect(created.status).toBe(200);
    await query(client, id, 'CREATE TABLE a (id); CREATE TABLE b (id); INSERT INTO b VALUES (1)');
    const run = async (options: object) => {
      const ask = (bookmark?: unknown) =>
        client('POST', `/d1/database/${id}/export`, { dump_options: options, current_bookmark: bookmark });
      expect(await ask()).toMatchObject({ result: { status: 'active' } });
      return ask(await bookmark(client, id));
    };
    const { result } = await run({ no_schema: true, tables: ['b'] });
    expect(result).toMatchObject({ status: 'complete', result: { signed_url: expect.any(String) } });
    expect(await download(result)).toBe('PRAGMA defer_foreign_keys=TRUE;\nINSERT INTO "b" ("id") VALUES(1);');

    await query(client, id, 'CREATE VIRTUAL TABLE words USING fts5(text)');
    expect(await run({})).toMatchObject({
      result: { status: 'error', error: expect.stringContaining('Virtual Tables') },
    });
  });

  describe('time travel', () => {
    it.each([
      'CREATE TABLE IF NOT EXISTS travel (id)',
      'SELECT * FROM travel',
      'DELETE FROM travel WHERE 0',
      'PRAGMA table_list',
    ])('makes no bookmark for %s', async (text) => {
      await sql('CREATE TABLE IF NOT EXISTS travel (id)');
      const before = await now();
      await sql(text);
      expect(await now()).toBe(before);
    });

    it.each([
      'INSERT INTO written VALUES (1)',
      'UPDATE written SET id = id',
      'ALTER TABLE written RENAME TO renamed',
      'DROP TABLE renamed',
      'CREATE VIEW viewed AS SELECT 1',
      'DROP VIEW viewed',
    ])('makes a bookmark for %s', async (text) => {
      await sql('CREATE TABLE IF NOT EXISTS written (id)');
      const before = String(await now());
      await sql(text);
      expect(String(await now()) > before).toBe(true);
    });

    it('finds the bookmark of a moment, and goes back to it', async () => {
      await sql('CREATE TABLE moments (id); INSERT INTO moments VALUES (1)');
      const [first, moment] = [await now(), new Date().toISOString()];
      await setTimeout(5);
      await sql('DROP TABLE moments');
      expect(await bookmark(client, DATABASE.id, moment)).toBe(first);

      const last = await now();
      expect(await client('POST', `${path}/time_travel/restore?timestamp=${moment}`)).toMatchObject({
        result: { bookmark: first, previous_bookmark: last },
      });
      expect(await sql('SELECT id FROM moments')).toEqual([[{ id: 1 }]]);
    });

    it('leaves the other databases alone', async () => {
      const created = await client('POST', '/d1/database', { name: 'bystander' });
      const [id = ''] = api.databases().flatMap(({ id, name }) => (name === 'bystander' ? [id] : []));
      expect(created.status).toBe(200);
      const before = await now();
      await sql('CREATE TABLE undone (id)');
      await query(client, id, 'CREATE TABLE kept (id)');
      await client('POST', `${path}/time_travel/restore?bookmark=${before}`);
      expect(await query(client, id, 'SELECT * FROM kept')).toEqual([[]]);
      expect(await client('POST', `${path}/query`, { sql: 'SELECT * FROM undone' })).toMatchObject({
        code: 7500,
      });
    });

    it('refuses a bookmark that is not one', async () => {
      expect(await client('POST', `${path}/time_travel/restore?bookmark=x`)).toMatchObject({ code: 7400 });
      expect(await client('GET', `${path}/time_travel/bookmark?timestamp=noon`)).toMatchObject({
        code: 7400,
      });
    });
  });

  it('keeps what is in a folder of its own from one start to the next', async () => {
    const persistTo = await mkdtemp(join(tmpdir(), 'cloudflare-api-persist-'));
    const run = async (text: string) => {
      const started = await startCloudflareApi({ databases: [DATABASE], persistTo });
      try {
        return await query(createClient(started), DATABASE.id, text);
      } finally {
        await started.close();
      }
    };
    await run('CREATE TABLE lasting (id); INSERT INTO lasting VALUES (1)');
    expect(await run('SELECT * FROM lasting')).toEqual([[{ id: 1 }]]);
    await rm(persistTo, { recursive: true, force: true });
  });
});

async function download(result: unknown): Promise<string> {
  const [, url = ''] = /"signed_url":"([^"]+)"/.exec(JSON.stringify(result)) ?? [];
  return (await fetch(url)).text();
}
