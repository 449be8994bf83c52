import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import type { D1Database } from '@cloudflare/workers-types';
import { createTestHarness, type TestHarness } from 'wrangler';
import { readRecorded } from '../find/index.ts';
import { expectSchema, recordQueries } from './index.ts';

const WORKER = join(import.meta.dirname, 'index.ts');
const NEWEST = '0002_b.sql';

/** A Worker in workerd that answers what it is asked for, and the lines that it logged. */
const SOURCE = `import { expectSchema, recordQueries } from ${JSON.stringify(WORKER)};
let reads = 0;
const lines = [];
const counted = (db) => ({ prepare: (sql) => { reads += 1; return db.prepare(sql); } });
export default {
  async fetch(request, env) {
    switch (new URL(request.url).pathname) {
      case '/state': {
        const state = await expectSchema(counted(env.DB), '${NEWEST}');
        return Response.json({ state, reads });
      }
      case '/record': {
        const db = recordQueries(env.DB, (query) => lines.push(query));
        await db.exec('CREATE TABLE IF NOT EXISTS t (a)');
        for (let i = 0; i < 3; i++) await db.prepare('INSERT INTO t VALUES (?)').bind(i).run();
        await db.batch([db.prepare('DELETE FROM t WHERE a = 0'), db.prepare('DELETE FROM t WHERE a = 0')]);
        const count = await db.withSession('first-primary').prepare('SELECT count(*) AS n FROM t').first('n');
        return Response.json({ count, lines });
      }
    }
  },
};
`;

let server: TestHarness;
let database: D1Database;
beforeAll(async () => {
  const root = temporaryFolder();
  writeFiles(root, {
    'main.js': SOURCE,
    // Jest's realm has another Error: wrangler does not see that the file is only missing.
    '.dev.vars': '',
    'wrangler.toml':
      'name = "w"\nmain = "main.js"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "x"\n',
  });
  server = createTestHarness({ root, workers: [{ configPath: 'wrangler.toml' }] });
  await server.listen();
  ({ DB: database } = await server.getWorker<{ readonly DB: D1Database }>().getEnv());
});
afterAll(() => server.close());

const ask = async (path: string): Promise<unknown> => (await server.fetch(path)).json();

it('expectSchema asks until the newest migration is there, and then never again in the isolate', async () => {
  expect(await ask('/state')).toEqual({ state: 'behind', reads: 1 });
  await database.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
  await database.exec("INSERT INTO d1_migrations (name) VALUES ('0001_a.sql')");
  expect(await ask('/state')).toEqual({ state: 'behind', reads: 2 });
  await database.exec(`INSERT INTO d1_migrations (name) VALUES ('${NEWEST}'), ('0003_ahead.sql')`);
  expect(await ask('/state')).toEqual({ state: 'current', reads: 3 });
  expect(await ask('/state')).toEqual({ state: 'current', reads: 3 });
});

it('expectSchema passes on what D1 throws for another reason', async () => {
  const failing = {
    prepare: () => ({ bind: () => ({ first: () => Promise.reject(new Error('D1_ERROR: overloaded')) }) }),
  };
  await expect(expectSchema(failing, 'never.sql')).rejects.toThrow('overloaded');
});

it('recordQueries leaves the database as it is, and writes every distinct statement down once', async () => {
  expect(await ask('/record')).toMatchObject({
    count: 2,
    lines: [
      { kind: 'exec', sql: 'CREATE TABLE IF NOT EXISTS t (a)' },
      { kind: 'prepare', sql: 'INSERT INTO t VALUES (?)', at: expect.stringContaining(':') },
      { kind: 'prepare', sql: 'DELETE FROM t WHERE a = 0' },
      { kind: 'prepare', sql: 'SELECT count(*) AS n FROM t' },
    ],
  });
});

it('what is logged is read again, with the place that gave it', () => {
  const root = temporaryFolder();
  const logged: string[] = [];
  const log = jest
    .spyOn(console, 'log')
    .mockImplementation((line) => logged.push(`[vitest] ${String(line)}`));
  recordQueries({ prepare: (sql: string) => sql }).prepare('SELECT 1');
  log.mockRestore();
  writeFiles(root, { 'out.log': ['starting', ...logged, 'd1-queries-recorded {"sql": "cut'].join('\n') });
  expect(readRecorded(join(root, 'out.log'), root)).toEqual([
    expect.objectContaining({
      sql: 'SELECT 1',
      kind: 'recorded',
      place: { file: import.meta.filename, line: expect.any(Number), column: expect.any(Number) },
    }),
  ]);
});
