import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workOf } from 'd1-core/command';
import { COMMANDS } from './index.ts';
import { lintCommand } from './lint.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'd1-lint-executor-'));
  await write('apps/api/wrangler.json', {
    env: { staging: { d1_databases: [database('s')] }, production: { d1_databases: [database('p')] } },
  });
});
afterEach(() => rm(root, { recursive: true }));

const database = (id: string) => ({
  binding: 'DB',
  database_name: id,
  database_id: id,
  migrations_dir: '../../migrations',
});

async function write(path: string, content: object | string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const run = async (options: object = {}) =>
  workOf(COMMANDS, lintCommand)
    .load()
    .then((lint) =>
      lint(
        { wranglerConfig: 'apps/api/wrangler.json', format: 'json', output: 'report.json', ...options },
        { workspaceRoot: root },
      ),
    );

const report = async (): Promise<unknown> => JSON.parse(await readFile(join(root, 'report.json'), 'utf8'));

describe('the executor lint', () => {
  it('lints a folder that environments share once, with paths from the workspace root', async () => {
    await write('migrations/0001_t.sql', 'VACUUM;');
    expect(await run()).toMatchObject({ success: false, exitCode: 1 });
    expect(await report()).toMatchObject({ files: 1, findings: [{ file: 'migrations/0001_t.sql' }] });
  });

  it('takes the options of the target before the config file', async () => {
    await write('migrations/0001_t.sql', 'VACUUM;');
    await write('d1-lint.config.json', { rules: { 'compat/no-vacuum': 'warning' } });
    expect(await run()).toMatchObject({ success: true, exitCode: 0 });
    expect(await run({ maxWarnings: 0 })).toMatchObject({ success: false, exitCode: 1 });
    expect(await run({ rules: { 'compat/no-vacuum': 'off' }, maxWarnings: 0 })).toMatchObject({
      success: true,
      exitCode: 0,
    });
  });

  it('fails without a migrations folder, and with a rule that does not exist', async () => {
    expect(await run()).toMatchObject({ success: false, exitCode: 2 });
    await write('migrations/0001_t.sql', 'SELECT 1;');
    expect(await run({ rules: { 'compat/no-vacum': 'off' } })).toMatchObject({ success: false, exitCode: 2 });
  });
});
