import { setTimeout } from 'node:timers/promises';
import { readJson } from 'd1-core/wrangler';
import { startCloudflareApi, type CloudflareApi, type Fault } from './index.ts';
import { createClient, query } from './testing/client.ts';
import { createProject, wranglers, type Project } from './testing/project.ts';

const DATABASE = { id: '00000000-0000-4000-8000-000000000003', name: 'unlucky' };
const FILES = {
  'migrations/0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
  'migrations/0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n',
};
const SELECT = ['d1', 'execute', 'DB', '--remote', '--json', '--command=SELECT 1 AS one'];
const QUERY = '*/query';

describe.each(wranglers)('what %s does when', (wrangler) => {
  let api: CloudflareApi;
  let project: Project;

  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    project = await createProject({ wrangler, env: api.env, database: DATABASE, files: FILES });
  });

  afterEach(() => {
    api.faults.clear();
    api.log.clear();
  });

  afterAll(async () => {
    await project.remove();
    await api.close();
  });

  /** Everything that was printed: 4.33.2 writes errors of the API to its standard output. */
  const run = async (args: readonly string[], signal?: AbortSignal) => {
    const result = await project.run(args, signal === undefined ? {} : { signal });
    return { ...result, text: result.stdout + result.stderr };
  };

  it.each<[string, Fault['action'], string]>([
    [
      'the API asks to slow down',
      { kind: 'answer', status: 429, code: 971, message: 'Please wait', retryAfter: 1 },
      'Please wait',
    ],
    [
      'a gateway answers with HTML',
      { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' },
      'malformed response',
    ],
    [
      'an answer says no in spite of its status 200',
      { kind: 'answer', status: 200, code: 7500, message: 'Not now' },
      'Not now',
    ],
    ['the connection is cut', { kind: 'cut' }, ''],
    ['an answer breaks off', { kind: 'cut-body', bytes: 20 }, ''],
  ])('%s: it fails at once and does not try again', async (_, action, text) => {
    api.faults.add({ path: QUERY, action });
    const result = await run(SELECT);
    expect(result.exitCode).toBe(1);
    expect(result.text).toContain(text);
    expect(api.log.list().map(({ fault }) => fault)).toEqual([action.kind]);
  });

  it('the API never answers: it waits until it is killed', async () => {
    api.faults.add({ path: QUERY, action: { kind: 'hang' } });
    const killer = new AbortController();
    const running = run(SELECT, killer.signal);
    while (api.log.list().length === 0) await setTimeout(50);
    await setTimeout(500);
    killer.abort();
    expect(readJson((await running).stdout)).toBeUndefined();
  });

  it('a migration was applied but the answer got lost: it fails all the same, and the next run goes on', async () => {
    const apply = ['d1', 'migrations', 'apply', 'DB', '--remote'];
    const applied = async () =>
      (await query(createClient(api), DATABASE.id, 'SELECT name FROM d1_migrations'))[0];

    api.faults.add({ path: QUERY, bodyIncludes: '0001_a.sql', action: { kind: 'cut', when: 'after' } });
    expect((await run(apply)).exitCode).toBe(1);
    expect(await applied()).toEqual([{ name: '0001_a.sql' }]);

    expect((await run(apply)).exitCode).toBe(0);
    expect(await applied()).toEqual([{ name: '0001_a.sql' }, { name: '0002_b.sql' }]);
  });

  it('the download of an export breaks off: it fails and leaves a partial file', async () => {
    api.faults.add({ path: '/signed/*', action: { kind: 'cut-body', bytes: 10 } });
    expect((await run(['d1', 'export', 'DB', '--remote', '--output=cut.sql'])).exitCode).toBe(1);
    expect('PRAGMA defer_foreign_keys=TRUE;').toContain(await project.read('cut.sql'));
  });

  it('the download of an export is too short: it takes the partial file for whole', async () => {
    api.faults.add({ path: '/signed/*', action: { kind: 'truncate', bytes: 10 } });
    expect((await run(['d1', 'export', 'DB', '--remote', '--output=short.sql'])).exitCode).toBe(0);
    expect(await project.read('short.sql')).toBe('PRAGMA def');
  });
});

describe('a token', () => {
  const accounts = [
    { id: '0000000000000000000000000000000a', name: 'Own' },
    { id: '0000000000000000000000000000000b', name: 'Foreign' },
  ] as const;
  const [own, foreign] = accounts;
  let api: CloudflareApi;
  let project: Project;

  beforeAll(async () => {
    api = await startCloudflareApi({ accounts, tokens: { 'own-token': [own.id] }, databases: [DATABASE] });
    project = await createProject({ wrangler: 'wrangler', env: api.env, database: DATABASE });
  });

  afterAll(async () => {
    await project.remove();
    await api.close();
  });

  it('that is unknown is refused', async () => {
    const result = await project.run(['d1', 'list'], { env: { CLOUDFLARE_API_TOKEN: 'unknown-token' } });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('[code: 10000]');
  });

  it('does not reach the account of somebody else', async () => {
    const result = await project.run(['d1', 'list'], { env: { CLOUDFLARE_ACCOUNT_ID: foreign.id } });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('[code: 10000]');
  });
});
