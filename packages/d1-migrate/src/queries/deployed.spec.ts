import { testJournalEntry } from 'd1-core/testing';
import { deployedCode } from './index.ts';

const row = (run: string, outcome: 'started' | 'applied' | 'failed', part: object = {}) =>
  testJournalEntry({
    run,
    action: 'deploy',
    migration: null,
    outcome,
    commit: `commit-${run}`,
    detail: JSON.stringify({
      worker: 'shop',
      config: 'api/wrangler.toml',
      env: 'production',
      changed: 0,
      ...part,
    }),
  });

describe('the code that is deployed, by the journal', () => {
  it.each([
    ['nothing where there is no deployment', [], []],
    [
      'the last that was uploaded',
      [row('a', 'started'), row('a', 'applied'), row('b', 'started'), row('b', 'applied')],
      ['commit-b'],
    ],
    [
      'that, and one whose upload broke off since',
      [row('a', 'started'), row('a', 'applied'), row('b', 'started')],
      ['commit-a', 'commit-b?'],
    ],
    [
      'that, and one whose upload failed since',
      [row('a', 'applied'), row('b', 'started'), row('b', 'failed')],
      ['commit-a', 'commit-b?'],
    ],
    [
      'not what failed before it',
      [row('a', 'started'), row('a', 'failed'), row('b', 'started'), row('b', 'applied')],
      ['commit-b'],
    ],
    [
      'of each Worker its own',
      [row('a', 'applied'), row('b', 'applied', { worker: 'jobs' })],
      ['commit-a', 'commit-b'],
    ],
    [
      'not that of another database, whose archive was restored',
      [row('a', 'applied'), testJournalEntry({ action: 'restore', detail: '{"foreign":true}' })],
      [],
    ],
    [
      'nothing of a row that another version wrote',
      [
        testJournalEntry({ action: 'deploy', detail: '{"by":"hand"}' }),
        testJournalEntry({ action: 'deploy', detail: '{' }),
      ],
      [],
    ],
  ])('is %s', (_, journal, expected) => {
    expect(deployedCode(journal).map(({ ref, certain }) => `${ref}${certain ? '' : '?'}`)).toEqual(expected);
  });
});
