import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { fails, succeeds } from './expect.ts';
import { REPOSITORY, WRANGLER } from './packages.ts';

/** A Worker without Nx: the commands of the packages work in it by themselves. */
export async function checkPlainWorker(registry: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'd1-e2e-plain-'));
  try {
    mkdirSync(join(root, 'migrations'));
    writeFileSync(join(root, 'package.json'), '{ "name": "plain", "private": true }');
    writeFileSync(
      join(root, 'wrangler.toml'),
      'name = "plain"\ncompatibility_date = "2025-08-01"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "plain"\ndatabase_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"\n',
    );
    writeFileSync(join(root, 'migrations/0001_a.sql'), 'CREATE TABLE a (id INTEGER PRIMARY KEY);\nVACUUM;\n');
    const run = async (file: string, ...args: readonly string[]) => {
      const { exitCode, all } = await execa(file, args, {
        cwd: root,
        all: true,
        reject: false,
        stdin: 'ignore',
        timeout: 300_000,
        env: {
          PATH: [join(REPOSITORY, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
          npm_config_registry: registry,
          NO_COLOR: '1',
          FORCE_COLOR: '0',
          GITHUB_ACTIONS: undefined,
        },
      });
      return { exitCode, output: all };
    };
    await succeeds(run('npm', 'install', '--save-dev', 'd1-lint', '--no-audit', '--no-fund'));
    await fails(run('npx', '--no', '--', 'd1-lint', 'migrations'), 'compat/no-vacuum', '0001_a.sql:2:1');
    await succeeds(run('npx', '--no', '--', 'd1-lint', '--fix', 'migrations'));
    await succeeds(
      run('npx', '--no', '--', 'd1-lint', 'explain', 'data/rebuild-cascades'),
      'ON DELETE CASCADE',
    );
    const others = ['d1-migrate', 'd1-fleet', `wrangler@${WRANGLER}`];
    await succeeds(run('npm', 'install', '--save-dev', ...others, '--no-audit', '--no-fund'));
    await succeeds(
      run('npx', '--no', '--', 'd1-migrate', 'migration', 'create_tags'),
      'CREATE migrations/0002_create_tags.sql',
    );
    await succeeds(run('npx', '--no', '--', 'd1-migrate', 'status'), '0 applied, 2 pending.');
    writeFileSync(join(root, 'tenants.csv'), 'name\nacme\n');
    await succeeds(run('npx', '--no', '--', 'd1-fleet', 'status', '--list=tenants.csv'), '2 behind');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
