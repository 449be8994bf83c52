import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nxWorkspace, writeFiles } from 'd1-core/testing';

const database = {
  binding: 'DB',
  database_name: 'main',
  database_id: 'x',
  migrations_dir: '../../migrations',
};

const workspace = async () => {
  const made = nxWorkspace({
    'apps/workers/package.json': '{ "name": "workers" }',
    'apps/workers/wrangler.json': JSON.stringify({ d1_databases: [database] }),
    'apps/other/package.json':
      '{ "name": "other", "nx": { "targets": { "lint": { "command": "echo other" } } } }',
    'migrations/0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
  });
  await made.commit();
  return made;
};

describe('with Nx', () => {
  it('a change in the migrations alone makes "nx affected -t lint" lint the Worker, and no other project', async () => {
    const { root, run, git } = await workspace();
    expect((await run(['affected', '-t', 'lint', '--base=main'])).output).toContain('No tasks were run');
    writeFiles(root, { 'migrations/0002_t.sql': 'VACUUM;\n' });
    await git('add', '.');
    const { exitCode, output } = await run(['affected', '-t', 'lint', '--base=main']);
    expect([exitCode, output.match(/nx run \w+:lint/g)]).toEqual([1, ['nx run workers:lint']]);
    expect(output).toContain('migrations/0002_t.sql:1:1');
  });

  it('a result is remembered until a migration, the config or the baseline changes', async () => {
    const { root, run } = await workspace();
    const isRemembered = async () =>
      /local cache|existing outputs/.test((await run(['run', 'workers:lint'])).output);
    expect([await isRemembered(), await isRemembered()]).toEqual([false, true]);
    writeFiles(root, { 'd1-lint.config.json': '{ "preset": "strict" }' });
    expect([await isRemembered(), await isRemembered()]).toEqual([false, true]);
    writeFiles(root, { 'migrations/rollback/0001_t.sql': 'DROP TABLE t;' });
    expect([await isRemembered(), await isRemembered()]).toEqual([false, true]);
  });

  it('--fix fixes a file again that has come back as it was', async () => {
    const { root, run } = await workspace();
    const broken = 'VACUUM;\nSELECT 1;\n';
    const fixed = async () => {
      writeFiles(root, { 'migrations/0002_t.sql': broken });
      expect((await run(['run', 'workers:lint', '--fix'])).exitCode).toBe(0);
      return readFileSync(join(root, 'migrations/0002_t.sql'), 'utf8');
    };
    expect([await fixed(), await fixed()]).toEqual(['SELECT 1;\n', 'SELECT 1;\n']);
  });

  it('--since looks at git each time', async () => {
    const { root, run, git } = await workspace();
    writeFiles(root, { 'migrations/0002_t.sql': 'VACUUM;\n' });
    await git('add', '.');
    await git('commit', '-q', '-m', 'second');
    await git('tag', 'base', 'HEAD~1');
    expect((await run(['run', 'workers:lint', '--since=base'])).output).toContain('compat/no-vacuum');
    await git('tag', '-f', 'base', 'HEAD');
    expect((await run(['run', 'workers:lint', '--since=base'])).exitCode).toBe(0);
  });
});
