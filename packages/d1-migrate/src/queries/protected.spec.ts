import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from 'd1-core/audit';
import { identifyRun } from 'd1-core/run';
import { migrate, type MigrateRequest } from '../apply/index.ts';
import { readPlan } from '../approval/index.ts';
import { makePlan, planDocument, planMarkdown, writePlan, type PlanRequest } from '../plan/index.ts';
import { pluginVersion } from '../plugin-version.ts';
import { errorOf } from '../testing/index.ts';
import { useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';

const BOOKS = 'CREATE TABLE books (id INTEGER PRIMARY KEY NOT NULL, title TEXT, isbn TEXT);\n';
const codeOf = (sql: string) =>
  `export default { fetch: (request, env) => env.DB.prepare('${sql}').all() };\n`;
const CODE = codeOf('SELECT title, isbn FROM books');
const RENAME = { 'migrations/0002_rename.sql': 'ALTER TABLE books RENAME COLUMN isbn TO code;\n' };

const identify = () => identifyRun(process.cwd(), pluginVersion());

describe('a protected environment whose deployed code is known', () => {
  const remote = useRemoteDatabases();

  function git({ workspace }: RemoteDatabase, ...args: readonly string[]): string {
    const own = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args];
    return execFileSync('git', own, { cwd: workspace.root, encoding: 'utf8' }).trim();
  }

  /** Production with a table of books, and code in a commit that is noted as deployed. */
  async function shop(next: Readonly<Record<string, string>>): Promise<RemoteDatabase> {
    const database = remote.make({ '0001_books.sql': BOOKS });
    await database.applied('0001_books.sql');
    database.workspace.write({ 'index.js': CODE, '.gitignore': 'node_modules\n.d1\n' });
    git(database, 'init', '--quiet', '--initial-branch=main');
    git(database, 'add', '.');
    git(database, 'commit', '--quiet', '--message=first');
    await deployed(database, git(database, 'rev-parse', 'HEAD'));
    database.workspace.write(next);
    return database;
  }

  const deployed = (database: RemoteDatabase, commit: string) =>
    database.sql(
      `INSERT INTO d1_migrate_journal (run, action, outcome, commit_hash, wrangler_version, plugin_version, detail) VALUES ('${commit}', 'deploy', 'applied', '${commit}', '', '', '{"worker":"test","config":"wrangler.toml","env":"production","changed":0}')`,
    );
  const planFor = ({ target, workspace }: RemoteDatabase, request: Partial<PlanRequest> = {}) =>
    makePlan({
      target,
      workspaceRoot: workspace.root,
      identify: identify(),
      source: { kind: 'database' },
      ...request,
    });
  const migrateIn = ({ target }: RemoteDatabase, request: Partial<MigrateRequest> = {}) =>
    migrate({ target, identify: identify(), dryRun: false, approve: async () => undefined, ...request });

  it('is not migrated where that breaks a query of it, unless the query is accepted by its number and noted', async () => {
    const database = await shop({ ...RENAME, 'index.js': codeOf('SELECT title FROM books') });
    const plan = await planFor(database);
    expect(plan.problems).toEqual([]);
    const markdown = planMarkdown(plan);
    expect(markdown).toContain('### Code and schema');
    expect(markdown).toMatch(/`0002_rename\.sql` +\| contract: the deployed code does not survive it/);
    expect(markdown).toContain('`index.js:1:59`');
    expect(markdown).toContain('✅ Deploy, then migrate.');
    expect(planDocument(plan)).toMatchObject({
      queries: {
        order: { migrateFirst: 0, migrations: [{ class: 'contract', broken: [{ at: 'index.js:1:59' }] }] },
      },
    });

    const refused = await errorOf(migrateIn(database));
    expect(refused).toMatchObject({ code: 'breaks-queries', exitCode: 2 });
    expect(refused.message).toBe('The migrations break 1 query of the code that is deployed to production.');
    expect(refused.notes[0]).toMatch(/index\.js:1:59 by 0002_rename\.sql: no such column: isbn/);
    expect(refused.fix).toContain('--acceptBrokenQueries=1');
    git(database, 'commit', '--quiet', '--all', '--message=second');
    // What somebody names does not take the place of what is deployed.
    expect((await errorOf(migrateIn(database, { deployed: ['main'] }))).code).toBe('breaks-queries');
    expect((await errorOf(migrateIn(database, { acceptBrokenQueries: 2 }))).message).toContain(
      'and 2 are accepted',
    );
    expect(await migrateIn(database, { acceptBrokenQueries: 1 })).toMatchObject({ outcome: 'applied' });
    expect(
      await database.sql(
        `SELECT json_extract(detail, '$.queries.broken[0]') AS broken FROM d1_migrate_journal WHERE migration = '0002_rename.sql' AND outcome = 'started'`,
      ),
    ).toEqual([[{ broken: expect.stringMatching(/^[0-9a-f]{40}: index\.js:1:59 by 0002_rename\.sql$/) }]]);
  });

  it('is not migrated with a plan whose word on the queries was changed', async () => {
    const database = await shop({ ...RENAME, 'index.js': codeOf('SELECT title FROM books') });
    const file = join(database.workspace.root, 'plan.json');
    await writePlan(file, await planFor(database));
    rmSync(join(database.workspace.root, '.d1', 'rehearsals'), { recursive: true, force: true });
    const { hash, ...content } = JSON.parse(readFileSync(file, 'utf8'));
    const forged = { ...content, queries: { order: null, remarks: [] } };
    writeFileSync(file, JSON.stringify({ ...forged, hash: hashOf(forged) }));
    expect(hash).not.toBe(hashOf(forged));
    expect((await errorOf(migrateIn(database, { plan: await readPlan(file) }))).code).toBe('breaks-queries');
  });

  it('has a plan that is not ready where no order is safe, and that names the query and how to split the change', async () => {
    const database = await shop({
      'migrations/0002_rename.sql': 'ALTER TABLE books RENAME COLUMN title TO name;\n',
      'index.js': codeOf('SELECT name FROM books'),
    });
    const plan = await planFor(database);
    expect(plan.problems).toEqual([
      { code: 'queries', message: expect.stringContaining('Split the change') },
    ]);
    expect(planMarkdown(plan)).toContain('❌ No order is safe.');
    expect((await planFor(database, { acceptBrokenQueries: 1 })).problems).toEqual([]);
  });

  it('is not migrated where git does not have the commit, until somebody names one that it has', async () => {
    const database = await shop({
      'migrations/0002_more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY NOT NULL);\n',
    });
    await deployed(database, 'f'.repeat(40));
    expect((await planFor(database)).problems).toEqual([
      { code: 'queries', message: expect.stringContaining('git knows no commit') },
    ]);
    expect(await errorOf(migrateIn(database))).toMatchObject({
      code: 'unknown-revision',
      exitCode: 2,
      fix: expect.stringContaining('fetch-depth: 0'),
    });
    expect((await errorOf(migrateIn(database, { deployed: ['nowhere'] }))).code).toBe('unknown-revision');
    expect(await migrateIn(database, { deployed: ['main'] })).toMatchObject({ outcome: 'applied' });
    expect(
      await database.sql(
        `SELECT json_extract(detail, '$.queries.deployed') AS deployed FROM d1_migrate_journal WHERE migration = '0002_more.sql' AND outcome = 'started'`,
      ),
    ).toEqual([[{ deployed: '["main"]' }]]);
  });

  it('is migrated where no query minds, a rebuilt table among them', async () => {
    const database = await shop({
      'migrations/0002_rebuild.sql':
        "CREATE TABLE new_books (id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', isbn TEXT);\nINSERT INTO new_books SELECT id, title, isbn FROM books;\nDROP TABLE books;\nALTER TABLE new_books RENAME TO books;\n",
    });
    const plan = await planFor(database);
    expect(plan.queries?.order).toMatchObject({ migrateFirst: 1, migrations: [{ class: 'neutral' }] });
    let said: unknown;
    const result = await migrateIn(database, {
      approve: async (_survey, _pending, queries) => void (said = queries?.remarks),
    });
    expect(result.outcome).toBe('applied');
    expect(said).toEqual([]);
  });

  it('says so where the deployed code is not known, or was not in a commit', async () => {
    const database = await shop({
      'migrations/0002_more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY NOT NULL);\n',
    });
    await database.sql("UPDATE d1_migrate_journal SET detail = json_set(detail, '$.changed', 2)");
    expect((await planFor(database)).queries?.remarks).toEqual([
      expect.stringContaining('with 2 files that are in no commit'),
    ]);
    await database.sql('DELETE FROM d1_migrate_journal');
    const plan = await planFor(database);
    expect(planMarkdown(plan)).toContain('⚠️ Which code is deployed is not known');
    expect(plan.problems).toEqual([]);
  });
});
