import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { terminalText } from 'd1-core/report';
import { temporaryFolder, testWorkspace } from 'd1-core/testing';
import { describeHistory, historyDocument, readHistory } from './index.ts';
import { errorOf, identify, migrateIn, query, startExecutor, targetIn } from '../testing/index.ts';
import { appendEntry, audited, readAudit, verifyChain } from 'd1-core/audit';
import { describeAudit, readAuditReport } from './audit.ts';

const PROTECTED = { settings: { development: { protected: true } } };
const MIGRATIONS = { '0001_a.sql': 'CREATE TABLE a (x);\n', '0002_bad.sql': 'VACUUM;\n' };

const plain = (lines: readonly string[]) => terminalText(lines).trimEnd();

const entry = (run: string) => ({
  time: '2026-01-01T00:00:00.000Z',
  run,
  action: 'migrate',
  outcome: 'done' as const,
  environment: 'production',
  database: { binding: 'DB', name: 'shop', id: null },
  migrations: [{ name: '0001_a.sql', outcome: 'applied' }],
  bookmark: null,
  plan: null,
  error: null,
  actor: 'ada',
  host: 'laptop',
  commit: null,
  branch: null,
  ciRun: null,
  wranglerVersion: '4.0.0',
  pluginVersion: '1.0.0',
});

/** An audit file of four lines, after an edit of the lines. */
async function findingsAfter(edit: (lines: string[]) => readonly string[]) {
  const file = join(temporaryFolder(), 'audit.ndjson');
  for (const run of ['one', 'two', 'three', 'four']) await appendEntry(file, entry(run));
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${edit(lines).join('\n')}\n`);
  return verifyChain(await readAudit(file)).map(({ code, line }) => `${code} ${line}`);
}

describe('the chain of an audit file', () => {
  it('has nothing to report while nobody edits it', async () => {
    expect(await findingsAfter((lines) => lines)).toEqual([]);
  });

  it.each<[string, (lines: string[]) => readonly string[], readonly string[]]>([
    ['a changed word', (lines) => lines.with(1, String(lines[1]).replace('ada', 'eve')), ['changed 2']],
    ['a blank in a line', (lines) => lines.with(1, String(lines[1]).replace(',', ', ')), ['changed 2']],
    ['a line that is gone', (lines) => lines.toSpliced(1, 1), ['missing 2']],
    ['a beginning that is gone', (lines) => lines.slice(2), ['missing 1']],
    ['a line that is there twice', (lines) => lines.toSpliced(1, 0, String(lines[0])), ['inserted 2']],
    [
      'two lines in the wrong order',
      ([a, b, ...rest]) => [String(b), String(a), ...rest],
      ['missing 1', 'inserted 2', 'missing 3'],
    ],
    ['half a line', (lines) => lines.with(3, String(lines[3]).slice(0, 40)), ['unreadable 4']],
  ])('shows %s', async (_, edit, expected) => {
    expect(await findingsAfter(edit)).toEqual(expected);
  });

  it('shows a line that was replaced by another with a right hash', async () => {
    const other = join(temporaryFolder(), 'other.ndjson');
    await appendEntry(other, entry('eve'));
    await appendEntry(other, entry('eve'));
    const forged = String(readFileSync(other, 'utf8').split('\n')[1]);
    expect(await findingsAfter((lines) => lines.with(1, forged))).toEqual(['changed 2', 'changed 3']);
  });

  it('stays whole when many write at once', async () => {
    const file = join(temporaryFolder(), 'deep/down/audit.ndjson');
    await Promise.all(Array.from({ length: 20 }, (_, index) => appendEntry(file, entry(String(index)))));
    const lines = await readAudit(file);
    expect(lines.map((line) => line.entry?.sequence)).toEqual(lines.map((line) => line.line));
    expect(verifyChain(lines)).toEqual([]);
  });

  it('goes on after half a line, and keeps it', async () => {
    const file = join(temporaryFolder(), 'audit.ndjson');
    await appendEntry(file, entry('one'));
    writeFileSync(file, '{"sequence":', { flag: 'a' });
    await appendEntry(file, entry('two'));
    const lines = await readAudit(file);
    expect(lines.map(({ intact }) => intact)).toEqual([true, false, true]);
    expect(verifyChain(lines).map(({ code }) => code)).toEqual(['unreadable']);
  });
});

describe('an audited run', () => {
  const run = (options = PROTECTED) => ({
    target: targetIn(testWorkspace(), options),
    action: 'migrate',
    identify,
  });
  const outcomes = async ({ target }: ReturnType<typeof run>) =>
    (await readAudit(target.protection.auditFile)).map((line) => line.entry?.outcome);

  it('writes before the change and after it', async () => {
    const one = run();
    await audited(one, async ({ begin, end }) => {
      await begin({ bookmark: '0001', migrations: [] });
      expect(await outcomes(one)).toEqual(['started']);
      await end({ migrations: [] });
    });
    expect(await outcomes(one)).toEqual(['started', 'done']);
  });

  it('writes what failed and what was refused, without secrets', async () => {
    const one = run();
    process.env['TEST_TOKEN'] = 'very-secret-value-2026';
    const refuse = () => {
      throw new D1Error({ code: 'not-confirmed', message: 'No very-secret-value-2026', fix: '-' });
    };
    await expect(audited(one, async () => refuse())).rejects.toThrow();
    await expect(
      audited(one, async ({ begin }) => {
        await begin({ bookmark: null, migrations: [] });
        refuse();
      }),
    ).rejects.toThrow();
    expect(await outcomes(one)).toEqual(['refused', 'started', 'failed']);
    const text = readFileSync(one.target.protection.auditFile, 'utf8');
    expect(text).toContain('"code":"not-confirmed"');
    expect(text).not.toContain('very-secret-value-2026');
    delete process.env['TEST_TOKEN'];
  });

  it('does nothing that it cannot write down', async () => {
    const one = run();
    mkdirSync(one.target.protection.auditFile, { recursive: true });
    const error = await errorOf(audited(one, ({ begin }) => begin({ bookmark: null, migrations: [] })));
    expect(error).toMatchObject({ code: 'audit-not-writable', exitCode: 2 });
  });

  it('writes nothing for an environment that is not protected', async () => {
    const one = run({ settings: { development: { protected: false } } });
    await audited(one, ({ begin }) => begin({ bookmark: null, migrations: [] }));
    expect(await outcomes(one)).toEqual([]);
  });
});

describe('the audit of a protected environment', () => {
  it('holds refusals, failures and successes, is shown with the journal, and is verified against it', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const confirmed = { ...PROTECTED, confirm: 'test-development' };
    const variables = {
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'team/shop',
      GITHUB_RUN_ID: '42',
    };
    Object.assign(process.env, variables);
    await startExecutor('migrate', workspace, PROTECTED);
    await startExecutor('migrate', workspace, confirmed);
    for (const name of Object.keys(variables)) delete process.env[name];

    const target = targetIn(workspace, PROTECTED);
    const report = await readAuditReport(target);
    expect(report.verification).toEqual({ findings: [], notCompared: undefined });
    expect(report.lines.map((line) => line.entry)).toMatchObject([
      { outcome: 'refused', error: { code: 'not-confirmed' } },
      { outcome: 'started', migrations: [{ name: '0001_a.sql' }, { name: '0002_bad.sql' }] },
      {
        outcome: 'failed',
        migrations: [{ outcome: 'applied' }, { outcome: 'failed' }],
        error: { code: 'sql-not-authorized' },
        ciRun: 'https://github.example/team/shop/actions/runs/42',
      },
    ]);
    expect(plain(describeAudit(report))).toContain('none is missing');

    const history = await readHistory(target);
    const text = plain(describeHistory(history));
    expect(text).toMatch(/ {2}migrate refused by .*\n {2}development is protected/);
    expect(text).toMatch(
      / {2}0002_bad\.sql +failed\n {2}audit: failed by .*\/runs\/42\n {2}0002_bad\.sql failed: /,
    );
    expect(text).toContain('3 lines in the audit file.');
    expect(historyDocument(history)).toMatchObject({
      runs: [
        { action: 'migrate', journal: [], audit: [1] },
        { action: 'migrate', audit: [2, 3] },
      ],
    });
  });

  it('shows lines that are missing at the end, and what a restore took out of the journal', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    const confirmed = { ...PROTECTED, confirm: 'test-development' };
    await startExecutor('migrate', workspace, confirmed);
    await migrateIn(workspace); // Past the audit, as an older version would.
    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (x);\n' });
    await migrateIn(workspace, { identify: async () => ({ ...(await identify()), run: 'not-audited' }) });

    const cut = await startExecutor('status', workspace, { ...PROTECTED, audit: true, json: true });
    expect(cut.exitCode).toBe(1);
    expect(JSON.parse(cut.stdout)).toMatchObject({
      exitCode: 1,
      verified: false,
      compared: true,
      findings: [{ code: 'not-in-file', message: expect.stringContaining('by tester') }],
    });
    const target = targetIn(workspace, PROTECTED);
    expect(plain(describeHistory(await readHistory(target)))).toContain('  not in the audit file');

    await query(workspace, 'DELETE FROM d1_migrate_journal');
    expect(plain(describeHistory(await readHistory(target)))).toContain('the database was restored');
  });
});
