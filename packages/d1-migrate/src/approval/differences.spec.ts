import { isDone, planDifferences } from './plan.ts';
import type { PlannedMigration, PlannedState } from './plan.ts';

const migration = (name: string, part: Partial<PlannedMigration> = {}): PlannedMigration => ({
  name,
  raw: `raw of ${name}`,
  tokens: `tokens of ${name}`,
  rollback: { class: 'exact', loses: [], checksum: 'script' },
  ...part,
});

const PLAN: PlannedState = {
  environment: 'production',
  database: { binding: 'DB', name: 'shop', id: null },
  wranglerVersion: '4.100.0',
  pluginVersion: '1.0.0',
  applied: ['0001.sql', '0002.sql'],
  migrations: [migration('0003.sql'), migration('0004.sql')],
  schema: 'before',
};
const [third, fourth] = [migration('0003.sql'), migration('0004.sql')];

describe('the differences between a plan and now', () => {
  it('are none while nothing has changed', () => {
    expect(planDifferences(PLAN, { ...PLAN })).toEqual([]);
  });

  it.each<[string, Partial<PlannedState>, readonly string[]]>([
    [
      'a further pending migration',
      { migrations: [third, fourth, migration('0005.sql')] },
      ['0005.sql is pending, and not in the plan.'],
    ],
    ['a file that is gone', { migrations: [third] }, ['0004.sql is in the plan, and its file is gone.']],
    [
      'an edited file',
      { migrations: [third, migration('0004.sql', { raw: 'r', tokens: 't' })] },
      ['0004.sql has been changed since the plan was made.'],
    ],
    [
      'an edited comment',
      { migrations: [third, migration('0004.sql', { raw: 'r' })] },
      ['0004.sql has been changed since the plan was made, in comments or white space only.'],
    ],
    [
      'another rollback script',
      {
        migrations: [
          third,
          migration('0004.sql', { rollback: { class: 'none', loses: [], checksum: null } }),
        ],
      },
      ['The rollback script of 0004.sql is not the one of the plan.'],
    ],
    [
      'another order of the files',
      { migrations: [fourth, third] },
      ['The migrations would run in another order than in the plan.'],
    ],
    [
      'a part that has been applied',
      { applied: ['0001.sql', '0002.sql', '0003.sql'], migrations: [fourth] },
      ['0003.sql has been applied since the plan was made.'],
    ],
    [
      'a migration that was rolled back',
      { applied: ['0001.sql'], migrations: [migration('0002.sql'), third, fourth] },
      [
        '0002.sql was applied when the plan was made, and is not any more.',
        '0002.sql is pending, and not in the plan.',
      ],
    ],
    [
      'another order of the history',
      { applied: ['0002.sql', '0001.sql'] },
      ['The history has another order than when the plan was made.'],
    ],
    [
      'another schema',
      { schema: 'changed by hand' },
      ['The schema of the database is not the one that the plan was made on.'],
    ],
    [
      'other tools',
      { wranglerVersion: '4.101.0', pluginVersion: '1.1.0' },
      [
        'The plan was made with wrangler 4.100.0, and this is 4.101.0.',
        'The plan was made with d1-migrate 1.0.0, and this is 1.1.0.',
      ],
    ],
  ])('say so of %s', (_, now, expected) => {
    expect(planDifferences(PLAN, { ...PLAN, ...now })).toEqual(expected);
  });
});

describe('a plan that is done', () => {
  const done = [...PLAN.applied, '0003.sql', '0004.sql'];

  it('is one whose migrations have all been applied, in their order and alone', () => {
    expect(isDone(PLAN, { ...PLAN, applied: done, migrations: [], schema: 'after' })).toBe(true);
  });

  it.each<[string, Partial<PlannedState>]>([
    ['a part is pending', { applied: done.slice(0, 3), migrations: [fourth] }],
    ['another one is pending', { applied: done, migrations: [migration('0005.sql')] }],
    ['another one is applied too', { applied: [...done, '0005.sql'], migrations: [] }],
    ['another one is applied instead', { applied: [...done.slice(0, 3), '0005.sql'], migrations: [] }],
    ['nothing is applied', {}],
  ])('is not one of which %s', (_, now) => {
    expect(isDone(PLAN, { ...PLAN, ...now })).toBe(false);
  });
});
