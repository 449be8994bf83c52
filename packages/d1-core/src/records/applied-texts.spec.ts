import { testJournalEntry } from '../testing/index.ts';
import { appliedTexts, takenOutOfHistory, type JournalEntry } from './index.ts';

type Part = Partial<JournalEntry>;

const started = (text: string, part: Part = {}): Part => ({
  outcome: 'started',
  rawChecksum: `raw ${text}`,
  tokenChecksum: text,
  ...part,
});
const applied = (text: string, part: Part = {}): Part => ({
  ...started(text, part),
  outcome: 'applied',
  ...part,
});
const failed = (part: Part = {}): Part => ({ outcome: 'failed', ...part });
const rolledBack: Part = { run: 'back', action: 'rollback', outcome: 'applied' };

const journalOf = (parts: readonly Part[]): readonly JournalEntry[] =>
  parts.map((part, index) =>
    testJournalEntry({
      id: index + 1,
      time: '2026-01-01T00:00:10.500Z',
      run: 'one',
      migration: 'm.sql',
      ...part,
    }),
  );

const HISTORY = [{ id: 1, name: 'm.sql', appliedAt: '2026-01-01 00:00:10' }];

/** What the journal knows of a migration that is in the history: its text, `?` after one that is not certain. */
function known(parts: readonly Part[], history = HISTORY): string {
  const text = appliedTexts({ history, journal: journalOf(parts) }).get('m.sql');
  return text === undefined ? 'nothing' : `${text.tokens}${text.certain ? '' : '?'}`;
}

describe('the text that was applied, by the journal', () => {
  it.each<[string, readonly Part[], string]>([
    ['is that of the run that applied it', [started('v1'), applied('v1')], 'v1'],
    ['is what a run meant that was cut off, but not for certain', [started('v1')], 'v1?'],
    ['is not known after a run that failed', [started('v1'), failed()], 'nothing'],
    [
      'is not known of what stood after the one that failed',
      [started('v1'), failed({ migration: 'before.sql' })],
      'nothing',
    ],
    ['is not known after a rollback', [started('v1'), applied('v1'), rolledBack], 'nothing'],
    ['is the new one after a rollback', [applied('v1'), rolledBack, applied('v2', { run: 'two' })], 'v2'],
    [
      'stays when another run fails on it',
      [started('v1'), started('v2', { run: 'two' }), applied('v1'), failed({ run: 'two' })],
      'v1',
    ],
    ['is uncertain when a later run was cut off', [applied('v1'), started('v2', { run: 'two' })], 'v2?'],
    [
      'stays when a run was cut off before it was applied',
      [started('v1', { run: 'dead' }), started('v2'), applied('v2')],
      'v2',
    ],
    [
      'stays when a rollback was begun and is not done',
      [applied('v1'), { run: 'back', action: 'rollback', outcome: 'started' }],
      'v1',
    ],
    ['is what a baseline took for it', [applied('v1'), applied('v2', { action: 'adopt', run: 'two' })], 'v2'],
  ])('%s', (_, parts, expected) => {
    expect(known(parts)).toBe(expected);
  });

  it('is not known when the history says that it was applied later', () => {
    const later = [{ id: 2, name: 'm.sql', appliedAt: '2026-01-02 00:00:00' }];
    expect(known([applied('v1')], later)).toBe('nothing');
  });
});

describe('a migration that was taken out of the history', () => {
  const taken = (...parts: readonly Part[]) => [
    ...takenOutOfHistory({ history: [], journal: journalOf(parts) }),
  ];

  it('is one that was applied, and that nobody took back', () => {
    expect(taken(applied('v1'))).toEqual(['m.sql']);
    expect(taken(applied('v1'), rolledBack)).toEqual([]);
    expect(taken(started('v1'))).toEqual([]);
    expect(taken(started('v1'), failed())).toEqual([]);
  });

  it('is none that a baseline has replaced', () => {
    const baseline = applied('b', {
      migration: 'new.sql',
      detail: '{"baseline":true,"forgotten":["m.sql"]}',
    });
    expect(
      takenOutOfHistory({
        history: [{ id: 2, name: 'new.sql', appliedAt: '' }],
        journal: journalOf([applied('v1'), baseline]),
      }),
    ).toEqual(new Set());
  });
});
