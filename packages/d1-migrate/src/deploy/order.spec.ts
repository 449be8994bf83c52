import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makePlan, writePlan } from '../plan/index.ts';
import { identifyRun } from 'd1-core/run';
import { pluginVersion } from '../plugin-version.ts';
import { startExecutor } from '../testing/index.ts';
import { useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';
import { UPLOAD_ANSWERS, VERSION } from './testing/upload-answers.ts';

const BOOKS = 'CREATE TABLE books (id INTEGER PRIMARY KEY NOT NULL, title TEXT, isbn TEXT);\n';
const codeOf = (sql: string) =>
  `export default { fetch: (request, env) => env.DB.prepare('${sql}').all() };\n`;
const ADD = 'ALTER TABLE books ADD COLUMN name TEXT;\n';
const RENAME = 'ALTER TABLE books RENAME COLUMN isbn TO code;\n';

describe('a deployment with pending migrations', () => {
  const remote = useRemoteDatabases();

  function git({ workspace }: RemoteDatabase, ...args: readonly string[]): string {
    const own = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args];
    return execFileSync('git', own, { cwd: workspace.root, encoding: 'utf8' }).trim();
  }

  /** Production with code that is deployed and noted, and a newer commit. */
  async function shop(sql: string, migrations: Readonly<Record<string, string>>): Promise<RemoteDatabase> {
    const database = remote.make({ '0001_books.sql': BOOKS });
    await database.applied('0001_books.sql');
    database.workspace.write({
      'index.js': codeOf('SELECT title, isbn FROM books'),
      '.gitignore': 'node_modules\n.d1\nplan.json\nplan.md\n',
    });
    git(database, 'init', '--quiet', '--initial-branch=main');
    git(database, 'add', '.');
    git(database, 'commit', '--quiet', '--message=first');
    const commit = git(database, 'rev-parse', 'HEAD');
    await database.sql(
      `INSERT INTO d1_migrate_journal (run, action, outcome, commit_hash, wrangler_version, plugin_version, detail) VALUES ('first', 'deploy', 'applied', '${commit}', '', '', '{"worker":"test","config":"wrangler.toml","env":"production","changed":0}')`,
    );
    database.workspace.write({
      'index.js': codeOf(sql),
      ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`migrations/${name}`, text])),
    });
    git(database, 'add', '.');
    git(database, 'commit', '--quiet', '--message=second');
    return database;
  }

  async function plan({ target, workspace }: RemoteDatabase): Promise<void> {
    const made = await makePlan({
      target,
      workspaceRoot: workspace.root,
      identify: identifyRun(workspace.root, pluginVersion()),
      source: { kind: 'database' },
    });
    await writePlan(join(workspace.root, 'plan.json'), made);
  }

  async function deploy(database: RemoteDatabase, options: object = {}) {
    remote.api.log.clear();
    remote.api.faults.add(...UPLOAD_ANSWERS);
    const { stdout, stderr } = await startExecutor('deploy', database.workspace, {
      environment: 'production',
      confirm: database.name,
      json: true,
      ...options,
    });
    return { document: JSON.parse(stdout), stderr };
  }

  const uploads = () =>
    remote.api.log.list().filter(({ path, method }) => method === 'PUT' && path.includes('/workers/'));
  const inHistory = async (database: RemoteDatabase) =>
    (await database.sql('SELECT name FROM d1_migrations ORDER BY id'))[0]?.map(({ name }) => name);

  it('migrates what the new code needs, uploads it, notes its commit, and migrates what the old code would not survive', async () => {
    const database = await shop('SELECT title, name FROM books', {
      '0002_add.sql': ADD,
      '0003_rename.sql': RENAME,
    });
    await plan(database);
    const { document, stderr } = await deploy(database, { plan: 'plan.json' });
    expect(stderr).toContain('Migrate to 0002_add.sql, deploy, then migrate the rest.');
    expect(document).toMatchObject({
      exitCode: 0,
      outcome: 'deployed',
      steps: [
        { step: 'compare', queries: { order: { migrateFirst: 1 } } },
        { step: 'migrate', migrations: [{ name: '0002_add.sql', outcome: 'applied' }], warnings: [] },
        { step: 'check', pending: ['0003_rename.sql'] },
        { step: 'migrate', migrations: [{ name: '0003_rename.sql', outcome: 'applied' }], warnings: [] },
      ],
    });
    expect(uploads()).toHaveLength(1);
    expect(
      await database.sql(
        `SELECT action, migration, outcome, commit_hash AS at, json_extract(detail, '$.version') AS version FROM d1_migrate_journal WHERE run <> 'first' AND action <> 'adopt' ORDER BY id`,
      ),
    ).toEqual([
      [
        ['migrate', '0002_add.sql', 'started', null],
        ['migrate', '0002_add.sql', 'applied', null],
        ['deploy', null, 'started', null],
        ['deploy', null, 'applied', VERSION],
        ['migrate', '0003_rename.sql', 'started', null],
        ['migrate', '0003_rename.sql', 'applied', null],
      ].map(([action, migration, outcome, version]) => ({
        action,
        migration,
        outcome,
        version,
        at: git(database, 'rev-parse', 'HEAD'),
      })),
    ]);
  });

  it('is refused where no order is safe, with the query and how to split the change; nothing is applied or uploaded', async () => {
    const database = await shop('SELECT code FROM books', { '0002_rename.sql': RENAME });
    await plan(database);
    const { document } = await deploy(database);
    expect(document).toMatchObject({ exitCode: 2, error: { code: 'breaks-queries' } });
    expect(document.error.fix).toContain('Split the change');
    expect(document.error.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/0002_rename\.sql breaks index\.js:1:59 of [0-9a-f]{40}: no such column: isbn/),
        expect.stringContaining('0002_rename.sql is needed by index.js:1:59: no such column: code'),
        'Nothing was deployed.',
      ]),
    );
    expect(await inHistory(database)).toEqual(['0001_books.sql']);
    expect(uploads()).toEqual([]);
  });

  it('is refused where a query of the code does not work on the schema that is there', async () => {
    const database = await shop('SELECT titel FROM books', {});
    const { document } = await deploy(database);
    expect(document).toMatchObject({ exitCode: 1, error: { code: 'queries-fail' } });
    expect(document.error.notes[0]).toContain('index.js:1:66: no such column: titel');
    expect(uploads()).toEqual([]);
  });

  it('is refused where something is left for after it, and the code is in no commit', async () => {
    const database = await shop('SELECT title FROM books', { '0002_rename.sql': RENAME });
    database.workspace.write({ 'index.js': codeOf('SELECT title FROM books ') });
    await plan(database);
    const { document } = await deploy(database);
    expect(document).toMatchObject({ exitCode: 2, error: { code: 'uncommitted-changes' } });
    expect(uploads()).toEqual([]);
  });

  it('says where a failed migration after it leaves the database', async () => {
    const database = await shop('SELECT title FROM books', { '0002_rename.sql': RENAME });
    // Nothing was rehearsed.
    const { document } = await deploy(database);
    expect(document).toMatchObject({ exitCode: 2, outcome: 'not-migrated', workerVersion: VERSION });
    expect(document.error.notes).toContain('The Worker is deployed.');
    expect(await inHistory(database)).toEqual(['0001_books.sql']);
  });
});
