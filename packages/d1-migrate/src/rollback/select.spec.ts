import { selectMigrations } from './scripts.ts';

const history = ['0001_a.sql', '0002_b.sql', '0003_c.sql'].map((name, index) => ({
  id: index + 1,
  name,
  appliedAt: '2026-01-01 00:00:00',
}));

describe('selecting what is rolled back', () => {
  it.each([
    [{}, ['0003_c.sql']],
    [{ steps: 2 }, ['0003_c.sql', '0002_b.sql']],
    [{ to: '0001' }, ['0003_c.sql', '0002_b.sql']],
    [{ to: '1' }, ['0003_c.sql', '0002_b.sql']],
    [{ to: '0002_b' }, ['0003_c.sql']],
    [{ to: '0003_c.sql' }, []],
    [{ to: '0' }, ['0003_c.sql', '0002_b.sql', '0001_a.sql']],
  ])('gives the last applied first for %j', (selection, expected) => {
    expect(selectMigrations(history, selection)).toEqual(expected);
  });

  it('gives nothing where nothing is applied', () => {
    expect(selectMigrations([], {})).toEqual([]);
  });

  it.each([
    [{ steps: 2, to: '1' }, 'two ways'],
    [{ steps: 0 }, 'not a number'],
    [{ steps: 9 }, 'more than is applied'],
    [{ to: '0002_x' }, 'not applied here'],
  ])('refuses %j', (selection, message) => {
    expect(() => selectMigrations(history, selection)).toThrow(message);
  });
});
