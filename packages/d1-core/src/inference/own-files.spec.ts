import { readWranglerConfig, resolveEnvironment } from '../environment/index.ts';
import { targetIn, testWorkspace } from '../testing/index.ts';
import { fileOfDatabase, fileOfMigrations, outputFile, ownFolder, planFile } from './own-files.ts';

describe('what several Workers or databases write', () => {
  it('lies in a folder of the Worker, whatever its name', () => {
    expect(ownFolder('dist/d1', 'site')).toBe('dist/d1/site/');
    expect(ownFolder('docs', '@acme/api')).toBe('docs/acme-api/');
  });

  it('has the binding in its name where there are several', () => {
    const databases = [{ binding: 'DB' }, { binding: 'LOGS' }];
    expect(fileOfDatabase('docs/schema.md', 'LOGS', databases)).toBe('docs/schema-LOGS.md');
    expect(fileOfDatabase('plan-eu.json', 'DB', [{ binding: 'DB' }, { binding: 'DB' }])).toBe('plan-eu.json');
  });

  it('has the beginning of the pattern in its name where several sets of migrations may share a folder', () => {
    const patterns = {
      DB: undefined,
      USERS: 'm/users-*.sql',
      SHOP: 'm/shop/*.sql',
      A: 'm/*/a.sql',
      B: 'm/*/b.sql',
    };
    const wranglerToml = Object.entries(patterns)
      .map(
        ([binding, pattern]) =>
          `[[d1_databases]]\nbinding = "${binding}"\nmigrations_dir = "m"\n${pattern === undefined ? '' : `migrations_pattern = "${pattern}"\n`}`,
      )
      .join('');
    const { root, wranglerConfig } = testWorkspace({ wranglerToml });
    const environment = resolveEnvironment(readWranglerConfig(`${root}/${wranglerConfig}`), {}, undefined);
    const names = environment.databases.map((database) =>
      fileOfMigrations('schema/schema.sql', database, environment),
    );
    expect(names).toEqual([
      'schema/schema-DB.sql',
      'schema/schema-users.sql',
      'schema/schema-shop.sql',
      'schema/schema-A.sql',
      'schema/schema-B.sql',
    ]);
    const [, , , drizzle] = environment.databases;
    expect(
      drizzle && fileOfMigrations('CHANGELOG.md', drizzle, { ...environment, databases: [drizzle] }),
    ).toBe('CHANGELOG.md');
  });
});

const CONFIG = ['DB', 'LOGS']
  .map(
    (binding, index) => `
[[d1_databases]]
binding = "${binding}"
database_name = "${binding.toLowerCase()}"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a${index}"
`,
  )
  .join('');
const PLAN = { folder: 'dist/d1', name: 'plan-development.json' };

describe('the file of an output', () => {
  const logs = targetIn(testWorkspace({ wranglerToml: CONFIG }), { database: 'LOGS' });
  const only = targetIn(testWorkspace());

  it.each([
    ['the usual one', undefined, only, 'dist/d1/plan-development.json'],
    ['one for each of several databases', undefined, logs, 'dist/d1/plan-development-LOGS.json'],
    ['the usual one in a folder', 'dist/d1/jobs/', only, 'dist/d1/jobs/plan-development.json'],
    ['the one that is named', 'plan.json', logs, 'plan.json'],
  ])('is %s', (_, option, target, expected) => {
    expect(outputFile(option, PLAN, target)).toBe(expected);
  });

  it('of a plan in a folder is another one for each Worker, environment and database', () => {
    const file = (worker: string, environment: string, database?: string) => {
      const section = CONFIG.replaceAll('[[d1', '[[env.production.d1');
      const workspace = testWorkspace({ wranglerToml: `name = "${worker}"\n${CONFIG}${section}` });
      return planFile('plans/', targetIn(workspace, { environment, database }));
    };
    expect(file('shop', 'development', 'DB')).toBe('plans/plan-shop-development-DB.json');
    expect(file('shop', 'production', 'LOGS')).toBe('plans/plan-shop-production-LOGS.json');
    expect(file('jobs', 'production', 'LOGS')).toBe('plans/plan-jobs-production-LOGS.json');
    expect(planFile('plan.json', only)).toBe('plan.json');
  });
});
