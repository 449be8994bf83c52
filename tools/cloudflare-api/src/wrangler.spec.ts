import { readJson } from 'd1-core/wrangler';
import { startCloudflareApi, type CloudflareApi } from './index.ts';
import { createClient, query } from './testing/client.ts';
import { createProject, wranglers, type Project } from './testing/project.ts';

const DATABASES = {
  wrangler: { id: '00000000-0000-4000-8000-000000000001', name: 'newest' },
  'wrangler-min': { id: '00000000-0000-4000-8000-000000000002', name: 'oldest' },
};

const FILES = {
  'migrations/0001_notes.sql': 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\n',
  'migrations/0002_trigger.sql': `
CREATE TRIGGER trimmed AFTER INSERT ON notes BEGIN
  UPDATE notes SET text = trim(NEW.text) WHERE id = NEW.id;
  SELECT CASE WHEN NEW.text = '' THEN RAISE(ABORT, 'empty; refused') END;
END;
`,
  'rows.sql': "INSERT INTO notes (text) VALUES (' one; two ');\nSELECT count(*) FROM notes;\n",
  'broken.sql': "INSERT INTO notes (text) VALUES ('lost');\nINSERT INTO nowhere VALUES (1);\n",
  'photo.txt': 'a photo',
};

describe.each(wranglers)('the unmodified CLI of %s', (wrangler) => {
  const database = DATABASES[wrangler];
  let api: CloudflareApi;
  let project: Project;
  const rows = (sql: string) => query(createClient(api), database.id, sql);

  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [database], buckets: [{ name: 'photos' }] });
    project = await createProject({ wrangler, env: api.env, database, files: FILES });
    const applied = await project.run(['d1', 'migrations', 'apply', 'DB', '--remote']);
    expect(applied).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('ERROR') });
  });

  afterEach(() => {
    api.faults.clear();
    api.log.clear();
  });

  afterAll(async () => {
    await project.remove();
    await api.close();
  });

  const json = async (...args: readonly string[]) => {
    const result = await project.run(args);
    return { ...result, json: readJson(result.stdout) };
  };

  it('applies migrations, triggers included, and then lists none', async () => {
    expect(await rows('SELECT name FROM d1_migrations ORDER BY id')).toEqual([
      [{ name: '0001_notes.sql' }, { name: '0002_trigger.sql' }],
    ]);
    const listed = await project.run(['d1', 'migrations', 'list', 'DB', '--remote']);
    expect(listed.stdout).toContain('No migrations to apply');
  });

  it('lists, creates, describes and deletes databases', async () => {
    expect(await project.run(['d1', 'create', 'short-lived'])).toMatchObject({ exitCode: 0 });
    expect(await json('d1', 'info', 'short-lived', '--json')).toMatchObject({
      json: { name: 'short-lived', num_tables: 0 },
    });
    expect(await project.run(['d1', 'delete', 'short-lived', '-y'])).toMatchObject({ exitCode: 0 });
    expect(await json('d1', 'list', '--json')).toMatchObject({
      json: [{ uuid: database.id, name: database.name }],
    });
  });

  it('executes a command of several statements', async () => {
    expect(
      await json('d1', 'execute', 'DB', '--remote', '--json', '--command', "SELECT 1 AS a; SELECT ';' AS b"),
    ).toMatchObject({
      json: [
        { results: [{ a: 1 }], success: true },
        { results: [{ b: ';' }], success: true },
      ],
    });
  });

  it('reports the error of SQLite', async () => {
    expect(await json('d1', 'execute', 'DB', '--remote', '--json', '--command', 'SELEC')).toMatchObject({
      exitCode: 1,
      json: {
        error: { code: 7500, notes: [{ text: expect.stringContaining('syntax error at offset 0') }] },
      },
    });
  });

  it('imports a file as a whole or not at all', async () => {
    await rows('DELETE FROM notes');
    const imported = await json('d1', 'execute', 'DB', '--remote', '--json', '--file', 'rows.sql');
    expect(imported).toMatchObject({ exitCode: 0, json: [{ success: true }] });
    const refused = await project.run(['d1', 'execute', 'DB', '--remote', '--file', 'broken.sql']);
    expect(refused.exitCode).toBe(1);
    // 4.33.2 writes errors of the API to its standard output.
    expect(refused.stdout + refused.stderr).toContain('no such table: nowhere');
    expect(await rows('SELECT text FROM notes')).toEqual([[{ text: 'one; two' }]]);
  });

  it('exports what a database holds', async () => {
    await rows("DELETE FROM notes; INSERT INTO notes VALUES (7, 'exported')");
    const exported = await project.run(['d1', 'export', 'DB', '--remote', '--output=all.sql']);
    expect(exported).toMatchObject({ exitCode: 0 });
    expect(await project.read('all.sql')).toMatch(/^PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE/);
    expect(await project.read('all.sql')).toContain("VALUES(7,'exported')");
  });

  it('goes back to a bookmark, and back again', async () => {
    const present = async () => (await rows('SELECT text FROM notes'))[0];
    await rows("DELETE FROM notes; INSERT INTO notes VALUES (1, 'before')");
    const { json: info } = await json('d1', 'time-travel', 'info', 'DB', '--json');
    await rows("UPDATE notes SET text = 'after'");

    const restore = (bookmark: string) =>
      json('d1', 'time-travel', 'restore', 'DB', `--bookmark=${bookmark}`, '--json');
    const restored = (await restore(textOf(info, 'bookmark'))).json;
    expect(await present()).toEqual([{ text: 'before' }]);
    await restore(textOf(restored, 'previous_bookmark'));
    expect(await present()).toEqual([{ text: 'after' }]);
  });

  it('puts, gets and deletes objects', async () => {
    const object = (action: string, ...args: readonly string[]) =>
      project.run(['r2', 'object', action, 'photos/2026/a b.txt', '--remote', ...args]);
    expect(await object('put', '--file=photo.txt', '--content-type=text/plain')).toMatchObject({
      exitCode: 0,
    });
    expect(await object('get', '--file=copy.txt')).toMatchObject({ exitCode: 0 });
    expect(await project.read('copy.txt')).toBe('a photo');
    expect(await object('delete')).toMatchObject({ exitCode: 0 });
    expect(await createClient(api)('GET', '/r2/buckets/photos/objects')).toMatchObject({ result: [] });
  });

  it('finds the account by itself when there is one', async () => {
    const env = { CLOUDFLARE_ACCOUNT_ID: '' };
    expect(await project.run(['d1', 'list', '--json'], { env })).toMatchObject({ exitCode: 0 });
    expect(api.log.list().map(({ path }) => path)).toContain('/memberships?page=1');
  });
});

function textOf(value: unknown, name: string): string {
  const found = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return String(found.find(([key]) => key === name)?.[1]);
}
