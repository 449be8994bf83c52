import { targetIn, testWorkspace } from 'd1-core/testing';
import { outputFile, planFile } from './output-file.ts';

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

describe('outputFile', () => {
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
