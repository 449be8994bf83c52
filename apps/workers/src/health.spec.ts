import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, errorAnswer, startTestWorker, type TestWorker } from './testing/test-worker.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations');

describe('a Worker whose database has not been migrated', () => {
  let worker: TestWorker;
  beforeAll(async () => {
    worker = await startTestWorker();
  });
  afterAll(() => worker.stop());

  it('is not healthy, and says what to run', async () => {
    expect(await answer(worker.fetch('/health'))).toEqual({
      status: 503,
      body: {
        status: 'unavailable',
        schemaVersion: null,
        error: {
          code: 'database-not-migrated',
          message:
            'The database has not been migrated. Run "npm run migrate:dev", or "npm run migrate:prod" for production.',
        },
      },
    });
  });

  it('is not healthy while the history is empty', async () => {
    await worker.env.DB.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
    expect(await answer(worker.fetch('/health'))).toMatchObject({
      status: 503,
      body: { schemaVersion: null },
    });
    await worker.env.DB.exec('DROP TABLE d1_migrations');
  });

  it('lets no request through to a database that is behind', async () => {
    const response = await worker.fetch('/artworks');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await response.json()).toMatchObject({ error: { code: 'database-behind' } });
  });

  it('is not healthy while the newest migration is missing', async () => {
    await worker.env.DB.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)');
    await worker.env.DB.exec("INSERT INTO d1_migrations (name) VALUES ('0001_first.sql')");
    expect(await answer(worker.fetch('/health'))).toMatchObject({
      status: 503,
      body: { schemaVersion: '0001_first.sql', error: { code: 'database-behind' } },
    });
    await worker.env.DB.exec('DROP TABLE d1_migrations');
  });

  it('becomes healthy with the migrations, and names the newest one', async () => {
    await worker.migrate();
    const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
    expect(await answer(worker.fetch('/health'))).toEqual({
      status: 200,
      body: { status: 'ok', schemaVersion: files.at(-1) },
    });
  });

  it('shows no SQL to a visitor when a query fails', async () => {
    await worker.env.DB.exec('PRAGMA legacy_alter_table = ON; ALTER TABLE artworks RENAME TO elsewhere');
    expect(await answer(worker.fetch('/artworks'))).toEqual(
      errorAnswer(500, 'internal-error', 'The request failed on our side.'),
    );
    await worker.env.DB.exec('ALTER TABLE elsewhere RENAME TO artworks; PRAGMA legacy_alter_table = OFF');
  });

  it.each([
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['DELETE', '/artworks'],
    ['POST', '/health'],
  ])('answers %s %s with an error that names the route', async (method, path) => {
    expect(await answer(worker.fetch(path, { method }))).toEqual(
      errorAnswer(404, 'no-such-route', `There is no ${method} ${path}.`),
    );
  });
});
