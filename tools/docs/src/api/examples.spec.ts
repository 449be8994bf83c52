import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { testWorkspace } from 'd1-core/testing';
import { PACKAGES } from '../write/api.ts';
import { publicNames } from './examples.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** Fails where anything asks for a package of Nx. */
const WITHOUT_NX = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (/^(nx|@nx\\/.*)$|^nx\\//.test(specifier)) throw new Error('asked for ' + specifier);
      return next(specifier, context);
    },
  });
`)}`;

/** The examples of these functions are run, in this order, each as a module of its own. */
const RUN = [
  ['d1-migrate', 'status'],
  ['d1-migrate', 'migrate'],
  ['d1-migrate', 'rollback'],
  ['d1-lint', 'lint'],
  ['d1-backup', 'backup'],
] as const;

const table = (name: string) =>
  `CREATE TABLE ${name} (id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL);\n`;

const exampleOf = (plugin: string, wanted: string): string => {
  const { names } = publicNames(readFileSync(join(ROOT, 'packages', plugin, 'src/index.ts'), 'utf8'));
  const example = names.find(({ name }) => name === wanted)?.example;
  if (example === undefined) throw new Error(`${wanted} of ${plugin} has no example.`);
  return example.replaceAll("'apps/api'", "'.'").replaceAll(/^const /gm, 'export const ');
};

it('the examples of the functions run in a Worker without Nx, in the order of a day, and print nothing', async () => {
  const { root, write } = testWorkspace({
    migrations: {
      '0001_lists.sql': table('lists'),
      '0002_items.sql': table('items'),
      '0003_tags.sql': table('tags'),
    },
  });
  for (const plugin of PACKAGES)
    symlinkSync(join(ROOT, 'packages', plugin), join(root, 'node_modules', plugin), 'junction');
  write({
    ...Object.fromEntries(
      RUN.map(([plugin, name], index) => [`example-${index}.mts`, exampleOf(plugin, name)]),
    ),
    'main.mts': `
      const seen = [];
      for (let index = 0; index < ${RUN.length}; index += 1) seen.push({ ...(await import(\`./example-\${index}.mts\`)) });
      process.stdout.write(JSON.stringify(seen));
    `,
  });
  const env = { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: 'true' };
  const cli = join(ROOT, 'packages/d1-migrate/src/cli.ts');
  await execa(process.execPath, [cli, 'rollback-script', '0003'], { cwd: root, stdin: 'ignore', env });
  const { stdout, stderr } = await execa(
    process.execPath,
    ['--conditions=@nx-d1/source', '--import', WITHOUT_NX, 'main.mts'],
    { cwd: root, stdin: 'ignore', reject: false, env },
  );
  expect(stderr).toBe('');
  const [status, migrate, rollback, lint, backup] = JSON.parse(stdout);
  expect(status).toMatchObject({ pending: 3, consistent: true, isUpToDate: false });
  expect(migrate.applied).toEqual(['0001_lists.sql', '0002_items.sql', '0003_tags.sql']);
  expect(rollback).toEqual({ outcome: 'rolled-back' });
  expect(lint).toMatchObject({ findings: expect.any(Array), errors: [] });
  expect(backup).toEqual({ problems: [] });
});
