import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { readAudit } from 'd1-core/audit';
import { migrate, type MigrateRequest } from '../apply/index.ts';
import { readPlan } from '../approval/index.ts';
import { identifyRun } from 'd1-core/run';
import { pluginVersion } from '../plugin-version.ts';
import { errorOf, startExecutor } from '../testing/index.ts';
import { useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';
import { writeScripts } from '../testing/scripts.ts';
import { makePlan, planMarkdown, writePlan, type Plan, type PlanRequest } from './index.ts';

const PRODUCTION = { environment: 'production' };
const identify = () => identifyRun(process.cwd(), pluginVersion());

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL, note TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY NOT NULL, list INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE);
CREATE INDEX idx_items_list ON items (list);
INSERT INTO lists (id, title) VALUES (1, 'one'), (2, 'two');
INSERT INTO items (id, list) VALUES (1, 1), (2, 1), (3, 2);
`;
const NEXT = {
  'migrations/0002_colour.sql': 'ALTER TABLE lists ADD COLUMN colour TEXT;\n',
  'migrations/0003_clean.sql':
    '-- d1-migrate: expect-rows-lost items: a double\nDELETE FROM items WHERE id = 3;\nALTER TABLE lists ADD COLUMN parent INTEGER REFERENCES lists (id);\n',
};

describe('a plan for production', () => {
  const remote = useRemoteDatabases();

  const planFor = (
    { target, workspace }: RemoteDatabase,
    request: Partial<PlanRequest> = {},
  ): Promise<Plan> =>
    makePlan({
      target,
      workspaceRoot: workspace.root,
      identify: identify(),
      source: { kind: 'database' },
      ...request,
    });
  const migrateIn = ({ target }: RemoteDatabase, request: Partial<MigrateRequest> = {}) =>
    migrate({ target, identify: identify(), dryRun: false, approve: async () => undefined, ...request });

  /** Production with lists and items, and two further migrations that are pending. */
  async function shop(next: Readonly<Record<string, string>> = NEXT): Promise<RemoteDatabase> {
    const database = remote.make({ '0001_lists.sql': LISTS });
    await database.applied('0001_lists.sql');
    database.workspace.write(next);
    return database;
  }

  async function approved(database: RemoteDatabase) {
    const { root } = database.workspace;
    await writePlan(join(root, 'plan.json'), await planFor(database));
    // As in another job: the rehearsal is known from the plan alone.
    rmSync(join(root, '.d1', 'rehearsals'), { recursive: true, force: true });
    return readPlan(join(root, 'plan.json'));
  }

  it('holds what is pending, what it does to the data, what the linter says and the ways back; it writes nothing', async () => {
    const database = await shop();
    await writeScripts(database.workspace, { only: '0002_colour.sql' });
    const plan = await planFor(database);
    expect(plan).toMatchObject({
      bookmark: expect.stringMatching(/^[0-9a-f-]{40,}$/),
      problems: [],
      state: {
        environment: 'production',
        database: { binding: 'DB', name: database.name, id: database.id },
        applied: ['0001_lists.sql'],
        migrations: [
          { name: '0002_colour.sql', rollback: { class: 'exact', loses: [] } },
          { name: '0003_clean.sql', rollback: { class: 'none', checksum: null } },
        ],
      },
      findings: [
        { rule: 'history/missing-rollback', severity: 'warning', file: 'migrations/0003_clean.sql', line: 1 },
        { rule: 'fk/missing-index', severity: 'warning', file: 'migrations/0003_clean.sql', line: 3 },
      ],
      rehearsal: {
        outcome: 'passed',
        tables: [
          { table: 'items', before: 3, after: 2 },
          { table: 'lists', before: 2, after: 2 },
        ],
      },
    });
    expect(plan.schemaAfter).not.toBe(plan.state.schema);
    const requests = remote.api.log.list();
    const writes = requests.filter(({ body }) => /\b(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b/.test(body));
    expect(writes).toEqual([]);

    const summary = planMarkdown(plan);
    expect(summary).toContain('## D1 plan: production, 2 migrations to apply');
    expect(summary).toMatch(/\| `0002_colour\.sql` +\| ✅ \d+ ms +\| exact: schema and data come back +\|/);
    expect(summary).toMatch(/\| `0003_clean\.sql` +\| ✅ \d+ ms +\| ⚠️ no rollback script +\|/);
    expect(summary).toContain('- ✏️ changed: table `lists`');
    expect(summary).toMatch(/\| `items` +\| 3 +\| 2 +\| announced: a double +\|/);
    expect(summary).toMatch(
      /\| ⚠️ +\| `migrations\/0003_clean\.sql:3` +\| `fk\/missing-index` +\| No index begins/,
    );
    expect(summary).not.toContain(remote.api.apiToken);
  });

  it('is applied without another rehearsal, is named in journal and audit file, and is nothing to do the second time', async () => {
    const database = await shop();
    expect((await errorOf(migrateIn(database))).code).toBe('not-rehearsed');
    const plan = await approved(database);
    const options = { ...PRODUCTION, plan: 'plan.json' };
    await startExecutor('migrate', database.workspace, { ...options, confirm: database.name });
    expect(
      await database.sql(
        `SELECT DISTINCT json_extract(detail, '$.plan') AS plan FROM d1_migrate_journal WHERE migration = '0003_clean.sql' AND outcome = 'started'`,
      ),
    ).toEqual([[{ plan: plan.hash }]]);
    const lines = await readAudit(database.target.protection.auditFile);
    expect(lines.map(({ entry }) => [entry?.outcome, entry?.plan])).toEqual([
      ['started', plan.hash],
      ['done', plan.hash],
    ]);
    expect(await migrateIn(database, { plan })).toMatchObject({ outcome: 'nothing-pending', warnings: [] });
  });

  it('still needs the confirmation that its environment needs', async () => {
    const database = await shop();
    await approved(database);
    const options = { ...PRODUCTION, plan: 'plan.json', json: true };
    const { stdout } = await startExecutor('migrate', database.workspace, options);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2, error: { code: 'not-confirmed' } });
    const [refusal] = await readAudit(database.target.protection.auditFile);
    expect(refusal?.entry).toMatchObject({ outcome: 'refused', error: { code: 'not-confirmed' } });
  });

  it('is refused when a file, the history or the schema is another one now, and says all that has changed', async () => {
    const database = await shop();
    const { workspace } = database;
    const plan = await approved(database);
    const refusal = async () => {
      const { code, exitCode, message, notes } = await errorOf(migrateIn(database, { plan }));
      expect({ code, exitCode }).toEqual({ code: 'plan-changed', exitCode: 2 });
      expect(notes.at(-1)).toBe('Nothing was changed.');
      return [message, ...notes.slice(0, -1)].join('\n');
    };

    workspace.write({
      'migrations/0002_colour.sql': '-- changed\nALTER TABLE lists ADD COLUMN colour TEXT;\n',
      'migrations/0004_more.sql': 'CREATE TABLE more (x);\n',
    });
    const files = await refusal();
    expect(files).toContain('0002_colour.sql has been changed since the plan was made, in comments');
    expect(files).toContain('0004_more.sql is pending, and not in the plan.');

    workspace.write(NEXT);
    rmSync(join(workspace.root, 'migrations/0004_more.sql'));
    await database.sql(`CREATE TABLE by_hand (x); INSERT INTO d1_migrations (name) VALUES ('theirs.sql')`);
    const changed = await refusal();
    expect(changed).toContain('theirs.sql has been applied since the plan was made.');
    expect(changed).toContain('The schema of the database is not the one that the plan was made on.');
    expect(await database.sql('SELECT count(*) AS rows FROM items')).toEqual([[{ rows: 3 }]]);
  });

  it('is compared with the schema that came of it', async () => {
    const database = await shop();
    const plan = await approved(database);
    const { outcome, warnings } = await migrateIn(database, {
      plan,
      approve: async () => void (await database.sql('CREATE INDEX meanwhile ON lists (title)')),
    });
    expect(outcome).toBe('applied');
    expect(warnings).toEqual([expect.stringContaining('not the one that the plan expects')]);
  });

  it('is noted once in the journal also when the answer to that was lost', async () => {
    const database = await shop();
    const plan = await approved(database);
    remote.api.faults.add({
      path: database.path('query'),
      bodyIncludes: "'applied'",
      call: 2, // The first one notes what was applied before.
      action: { kind: 'cut', when: 'after' },
    });
    const { outcome, warnings } = await migrateIn(database, { plan });
    expect(outcome).toBe('applied');
    expect(warnings).toEqual([
      expect.stringContaining('The journal could not be written'),
      expect.stringContaining('could not be compared'),
    ]);
    expect((await migrateIn(database, { plan })).outcome).toBe('nothing-pending');
    expect(
      await database.sql(
        `SELECT migration FROM d1_migrate_journal WHERE outcome = 'applied' ORDER BY migration`,
      ),
    ).toEqual([['0001_lists.sql', '0002_colour.sql', '0003_clean.sql'].map((migration) => ({ migration }))]);
  });

  it('is not ready when rows would be lost, a migration fails, or the linter finds an error', async () => {
    const database = await shop({ 'migrations/0002_clean.sql': 'DELETE FROM items WHERE id = 3;\n' });
    const lossy = await planFor(database);
    expect(lossy.problems).toEqual([
      { code: 'rehearsal', message: '1 row of items would be lost, and nothing announces it.' },
    ]);
    expect(planMarkdown(lossy)).toContain('must not be applied');
    const file = join(database.workspace.root, 'plan.json');
    await writePlan(file, lossy);
    expect(await errorOf(migrateIn(database, { plan: await readPlan(file) }))).toMatchObject({
      code: 'plan-not-ready',
      exitCode: 2,
      message: expect.stringContaining('1 row of items would be lost'),
    });

    database.workspace.write({ 'migrations/0002_clean.sql': 'INSERT INTO nowhere VALUES (1);\nVACUUM;\n' });
    const failing = await planFor(database);
    expect(failing.problems.map(({ code }) => code)).toEqual(['lint', 'rehearsal']);
    expect(failing.schemaAfter).toBeNull();
    expect(planMarkdown(failing)).toMatch(/\| `0002_clean\.sql` \| ❌ failed \|/);
  });

  it('is not ready when it was rehearsed on data with another schema or history', async () => {
    const database = await shop();
    const { workspace } = database;
    workspace.write({ 'old.sql': 'CREATE TABLE lists (id INTEGER PRIMARY KEY);\n' });
    const source = { kind: 'file', file: join(workspace.root, 'old.sql') } as const;
    expect((await planFor(database, { source })).problems).toEqual([
      {
        code: 'other-data',
        message: 'The rehearsal was on old.sql, whose schema or history is not that of the database.',
      },
    ]);
  });

  it('exports nothing, and is right to apply, when nothing is pending', async () => {
    const database = await shop({});
    const plan = await approved(database);
    expect(remote.api.log.list().some(({ path }) => path.includes('/export'))).toBe(false);
    expect((await migrateIn(database, { plan })).outcome).toBe('nothing-pending');
    database.workspace.write({ 'migrations/0002_more.sql': 'CREATE TABLE more (x);\n' });
    expect((await errorOf(migrateIn(database, { plan }))).message).toContain('0002_more.sql is pending');
  });
});

describe('the executor plan', () => {
  const MIGRATIONS = { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY NOT NULL);\n' };

  it('prints without --output, writes plan and summary with it, and fails when the plan must not be applied', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const written = (name: string) => readFileSync(join(workspace.root, 'dist/d1', name), 'utf8');
    const printed = await startExecutor('plan', workspace);
    expect(printed).toMatchObject({ stderr: '', exitCode: 0 });
    expect(printed.stdout).toContain('Rehearsed on a copy of the local database.');
    expect(printed.stdout).toMatch(/Nothing stands against applying it\.$/);
    expect(existsSync(join(workspace.root, 'dist'))).toBe(false);
    const output = 'dist/d1/plan-development.json';
    const good = await startExecutor('plan', workspace, { output });
    expect(good).toMatchObject({ stderr: '', exitCode: 0 });
    expect(good.stdout).toContain(`The plan is ready to be approved.\n  ${output}`);
    expect(JSON.parse(written('plan-development.json'))).toMatchObject({
      version: 1,
      ready: true,
      environment: 'development',
      bookmark: null,
      migrations: [{ name: '0001_a.sql' }],
      rehearsal: { outcome: 'passed', source: 'the local database' },
    });
    expect(written('plan-development.md')).toContain('## D1 plan: development, 1 migration to apply');

    workspace.write({ 'migrations/0002_bad.sql': 'VACUUM;\n' });
    const bad = await startExecutor('plan', workspace, { json: true, output: 'plan.json' });
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      command: 'plan',
      exitCode: 1,
      ready: false,
      problems: [{ code: 'lint' }, { code: 'rehearsal' }],
    });
    expect(JSON.parse(readFileSync(join(workspace.root, 'plan.json'), 'utf8')).ready).toBe(false);
  });
});
