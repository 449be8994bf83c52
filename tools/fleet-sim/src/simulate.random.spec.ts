import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzRuns } from 'd1-core/testing';
import { ModelDatabases } from './databases.ts';
import { judge, modelTarget, simulate, type Simulated } from './simulate.ts';

describe('a simulated fleet', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fleet-sim-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (options: Partial<Parameters<typeof simulate>[0]>): Promise<Simulated> =>
    simulate({ databases: 300, faults: 0.01, seed: 7, kills: 0, target: modelTarget(), folder, ...options });

  it('takes a request for each database and a sample, where nothing goes wrong', async () => {
    expect(await run({ faults: 0, databases: 1000 })).toMatchObject({
      applied: 1000,
      named: 0,
      requests: 1020,
    });
  });

  it('takes hardly longer than what the limit gives at one request for each', async () => {
    const { simulatedSeconds, floorSeconds } = await run({ faults: 0, databases: 5000 });
    expect(simulatedSeconds / floorSeconds).toBeLessThan(1.05);
  });

  it('applies nothing twice, loses nothing and names who is left, with faults and kills', async () => {
    const { numRuns, seed } = fuzzRuns(4, 40);
    for (let index = 0; index < numRuns; index += 1) {
      const faults = [0.01, 0.02, 0.05, 0.1][index % 4] ?? 0;
      const options = { seed: seed + index, faults, kills: 1 + (index % 7) };
      const result = await run({ ...options, folder: mkdtempSync(join(folder, 'run-')) });
      expect({ ...options, ...result }).toMatchObject({ appliedTwice: 0, lost: 0, unnamed: 0 });
    }
  });
});

describe('what a simulation counts', () => {
  const TABLES =
    'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT);\nCREATE TABLE d1_migrate_journal (id INTEGER PRIMARY KEY, migration TEXT, outcome TEXT);\nCREATE TABLE art (id INTEGER PRIMARY KEY);\n';
  const applied = (name: string) =>
    `INSERT INTO d1_migrations (name) VALUES ('${name}');\nINSERT INTO d1_migrate_journal (migration, outcome) VALUES ('${name}', 'applied');\n`;
  const WHOLE = `${TABLES}${applied('1')}${applied('2')}INSERT INTO art VALUES (1);\n`;

  it.each([
    ['one that has all', WHOLE, { applied: 1, appliedTwice: 0, lost: 0, unnamed: 0 }],
    [
      'one in which the last was applied twice',
      `${WHOLE}INSERT INTO d1_migrate_journal (migration, outcome) VALUES ('2', 'applied');\n`,
      { applied: 1, appliedTwice: 1 },
    ],
    ['one whose history says more than its tables', `${TABLES}${applied('1')}${applied('2')}`, { lost: 1 }],
    [
      'one whose tables hold more than its history says',
      `${TABLES}${applied('1')}INSERT INTO art VALUES (1);\n`,
      { applied: 0, lost: 1, unnamed: 1 },
    ],
    ['one that nobody names', `${TABLES}${applied('1')}`, { applied: 0, lost: 0, unnamed: 1 }],
  ])('is seen in %s', async (_, script, expected) => {
    const model = new ModelDatabases();
    const contents = new Map([['a', model.contentOf(script)]]);
    expect(await judge(model, ['1', '2'], contents, new Set())).toMatchObject(expected);
  });
});
