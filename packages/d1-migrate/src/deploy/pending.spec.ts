import { targetIn, testWorkspace } from 'd1-core/testing';
import { pendingError } from './pending.ts';

const DATABASES = ['DB', 'LOGS']
  .map(
    (binding, index) => `
[[env.production.d1_databases]]
binding = "${binding}"
database_name = "${binding.toLowerCase()}"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a${index}"
`,
  )
  .join('');

describe('what is said of pending migrations before a deploy', () => {
  const workspace = testWorkspace({ wranglerToml: DATABASES });
  const pending = (binding: string) => ({
    target: targetIn(workspace, { environment: 'production', database: binding }),
    names: ['0001_a.sql'],
  });

  it('names the run for each database', () => {
    expect(pendingError([pending('DB'), pending('LOGS')])?.fix).toBe(
      'Run first "d1-migrate migrate (environment=production, database=DB)" and "d1-migrate migrate (environment=production, database=LOGS)"; or "d1-migrate deploy (environment=production)", which migrates all databases.',
    );
    expect(pendingError([])).toBeUndefined();
  });
});
