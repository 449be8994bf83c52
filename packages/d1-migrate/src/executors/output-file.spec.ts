import { targetIn, testWorkspace } from 'd1-core/testing';
import { outputFile } from './output-file.ts';

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
});
