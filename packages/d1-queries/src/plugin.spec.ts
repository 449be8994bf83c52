import { readOptions, type OptionEntries } from 'd1-core/command';
import { nxWorkspace, writeFiles } from 'd1-core/testing';
import { COMMANDS } from './commands/index.ts';

it.each(
  COMMANDS.commands.flatMap(({ options, examples }) =>
    examples.map((example) => [example.description, example, options] as const),
  ),
)('the example "%s" is taken as it is written', (_, example, options) => {
  const entries: OptionEntries = options;
  const given = Object.fromEntries(
    Object.entries({ wranglerConfig: 'wrangler.toml', ...example.options }).map(([name, value]) => [
      name,
      entries[name]?.details.kind === 'texts' ? [value] : value,
    ]),
  );
  expect(readOptions(options, given)).toMatchObject(given);
});

describe('check-queries in a workspace of Nx', () => {
  const workspace = nxWorkspace({
    'apps/api/package.json': '{ "name": "api", "dependencies": { "shared": "*" } }',
    'apps/api/wrangler.toml':
      'main = "src/index.ts"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = "x"\nmigrations_dir = "../../migrations"\n',
    'apps/api/src/index.ts': `import { users } from './users.ts';\nexport default { fetch: (_: Request, env: Env) => env.DB.prepare(users) };\n`,
    'apps/api/src/users.ts': `export const users = 'SELECT id FROM users';\n`,
    'migrations/0001_users.sql': 'CREATE TABLE users (id INTEGER);\n',
    'README.md': '',
  });
  const check = () => workspace.run(['run', 'api:check-queries']);

  it('is cached, and runs again for the source and for a migration, not for a page', async () => {
    const first = await check();
    expect(first.output).toContain('1 query in 2 files: 0 errors');
    expect(first.exitCode).toBe(0);
    writeFiles(workspace.root, { 'README.md': 'Read me.\n' });
    expect((await check()).output).toMatch(/local cache|existing outputs/);
    writeFiles(workspace.root, {
      'apps/api/src/users.ts': `export const users = 'SELECT id, name FROM users';\n`,
    });
    const broken = await check();
    expect(broken.exitCode).toBe(1);
    expect(broken.output).toContain('apps/api/src/users.ts:1:34 no such column: name');
    writeFiles(workspace.root, { 'migrations/0002_name.sql': 'ALTER TABLE users ADD COLUMN name TEXT;\n' });
    expect((await check()).exitCode).toBe(0);
  });
});
