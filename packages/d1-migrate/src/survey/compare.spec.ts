import type { DatabaseState, JournalEntry } from 'd1-core/records';
import { testJournalEntry } from 'd1-core/testing';
import type { MigrationFile } from 'd1-core/migrations';
import { compareMigrations, isConsistent } from './compare.ts';

const file = (name: string): MigrationFile => {
  const number = Number.parseInt(name, 10);
  return { name, path: `/m/${name}`, number: Number.isNaN(number) ? undefined : number };
};

const entry = (migration: string, raw: string, tokens: string): JournalEntry =>
  testJournalEntry({ time: '', migration, rawChecksum: raw, tokenChecksum: tokens });

const state = (applied: readonly string[], journal: readonly JournalEntry[] = []): DatabaseState => ({
  history: applied.map((name, index) => ({ id: index + 1, name, appliedAt: '2026-01-01 00:00:00' })),
  journal,
  stamp: undefined,
  catalog: [],
});

/** Every file has the checksums of its name. */
const checksumsOf = (name: string) => ({ raw: `raw ${name}`, tokens: `tokens ${name}` });

const compare = (files: readonly string[], database: DatabaseState) =>
  compareMigrations(files.map(file), database, checksumsOf);

const states = (...args: Parameters<typeof compare>) =>
  compare(...args).map(({ name, state: is }) => [name, is]);

describe('comparing files with the history', () => {
  it('tells applied from pending', () => {
    expect(states(['0001_a.sql', '0002_b.sql'], state(['0001_a.sql']))).toEqual([
      ['0001_a.sql', 'applied'],
      ['0002_b.sql', 'pending'],
    ]);
  });

  it('finds a migration whose SQL has changed since it was applied', () => {
    const journal = [entry('0001_a.sql', 'other bytes', 'other tokens')];
    expect(states(['0001_a.sql'], state(['0001_a.sql'], journal))).toEqual([['0001_a.sql', 'modified']]);
  });

  it('does not call a file modified for its white space and comments', () => {
    const journal = [entry('0001_a.sql', 'other bytes', 'tokens 0001_a.sql')];
    expect(states(['0001_a.sql'], state(['0001_a.sql'], journal))).toEqual([['0001_a.sql', 'applied']]);
  });

  it('tells a file that is gone from one that never was here', () => {
    const journal = [entry('0001_a.sql', 'r', 't')];
    expect(states([], state(['0001_a.sql', 'theirs.sql'], journal))).toEqual([
      ['0001_a.sql', 'missing'],
      ['theirs.sql', 'unknown'],
    ]);
  });

  it('finds a pending migration that comes before an applied one', () => {
    const [late] = compare(['0002_b.sql', '0003_c.sql'], state(['0003_c.sql']));
    expect(late).toMatchObject({ state: 'pending', outOfOrder: true });
    expect(late && isConsistent(late)).toBe(false);
  });

  it('finds numbers that are used twice', () => {
    const migrations = compare(['0001_a.sql', '0002_b.sql', '0002_c.sql'], state(['0001_a.sql']));
    expect(migrations.map(({ duplicateNumber }) => duplicateNumber)).toEqual([false, true, true]);
  });

  it('takes the numbers of an accepted history as they are', () => {
    const files = ['0001_a.sql', '0001_b.sql', '0002_c.sql', '0002_d.sql'].map(file);
    const accepted = new Set(['0001_a.sql', '0001_b.sql']);
    expect(
      compareMigrations(files, state([]), checksumsOf, accepted).map(
        ({ duplicateNumber }) => duplicateNumber,
      ),
    ).toEqual([false, false, true, true]);
  });

  it('knows a renamed file by its SQL', () => {
    const journal = [entry('0001_old.sql', 'r', 'tokens 0001_new.sql')];
    const [renamed] = compare(['0001_new.sql'], state(['0001_old.sql'], journal));
    expect(renamed).toMatchObject({ state: 'pending', renamedFrom: '0001_old.sql' });
  });

  it('says when a change could not be noticed', () => {
    expect(compare(['0001_a.sql'], state(['0001_a.sql']))).toMatchObject([
      { state: 'applied', inJournal: false },
    ]);
  });

  it('copes with files that have no number', () => {
    expect(states(['init.sql'], state(['0001_a.sql']))).toEqual([
      ['init.sql', 'pending'],
      ['0001_a.sql', 'unknown'],
    ]);
  });

  it('does not call a file modified when a run was cut off, and nobody knows what was applied', () => {
    const cutOff = { ...entry('0001_a.sql', 'other bytes', 'other tokens'), outcome: 'started' } as const;
    expect(states(['0001_a.sql'], state(['0001_a.sql'], [cutOff]))).toEqual([['0001_a.sql', 'unknown']]);
    const same = { ...entry('0001_a.sql', 'raw 0001_a.sql', 'tokens'), outcome: 'started' } as const;
    expect(states(['0001_a.sql'], state(['0001_a.sql'], [same]))).toEqual([['0001_a.sql', 'applied']]);
  });

  it('knows a pending migration that was applied before', () => {
    const journal = [entry('0001_a.sql', 'raw 0001_a.sql', 'tokens 0001_a.sql')];
    const [again] = compare(['0001_a.sql'], state([], journal));
    expect(again).toMatchObject({ state: 'pending', appliedBefore: true });
    expect(again && isConsistent(again)).toBe(false);
  });
});
