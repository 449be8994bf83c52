import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { lintMigrations } from './index.ts';

const CONFIG = `
[[d1_databases]]
binding = "DB"
database_name = "db"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
`;

describe('SQL files that wrangler does not apply', () => {
  const root = temporaryFolder();
  writeFiles(root, {
    'wrangler.toml': CONFIG,
    'migrations/20240101_a/migration.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
  });

  it('are an error of the target, with the line for the config', async () => {
    await expect(lintMigrations({ root, wranglerConfig: 'wrangler.toml' })).rejects.toMatchObject({
      code: 'not-taken',
      fix: expect.stringContaining('migrations_pattern = "migrations/*/migration.sql"'),
    });
  });

  it('are an error of the command on a folder, and no hindrance to linting one of them', async () => {
    await expect(lintMigrations({ root, paths: ['migrations'] })).rejects.toMatchObject({
      code: 'not-taken',
    });
    const file = join('migrations', '20240101_a', 'migration.sql');
    expect((await lintMigrations({ root, paths: [file] })).files).toBe(1);
  });
});
