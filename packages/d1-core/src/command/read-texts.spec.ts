import { readTexts, readWrittenTexts } from './options.ts';

describe('readTexts', () => {
  it.each([
    ['a short hash', { since: 819190000 }, ['--since=81919e4'], { since: '81919e4' }],
    ['a version', { since: 1.1 }, ['--since', '1.10'], { since: '1.10' }],
    [
      'a time stamp',
      { startAfter: 20260116020812 },
      ['--startAfter=20260116020812'],
      { startAfter: '20260116020812' },
    ],
    ['a name in dashes', { startAfter: 16 }, ['--start-after=0x10'], { startAfter: '0x10' }],
    ['the last of several', { to: 2 }, ['--to=1', '--json', '--to=2'], { to: '2' }],
    ['what is in a file', { startAfter: 42 }, ['--json'], { startAfter: '42' }],
    [
      'no number that is meant',
      { steps: 2, timeout: 30, to: 'a' },
      ['--steps=2'],
      { steps: 2, timeout: 30, to: 'a' },
    ],
  ])('gives back %s', (_, options, words, expected) => {
    expect(readTexts({ ...options, __unparsed__: words }, new Set(['timeout', 'steps']))).toMatchObject(
      expected,
    );
  });
});

describe('readWrittenTexts', () => {
  const read = (options: object, ...words: string[]) =>
    readWrittenTexts(options, new Set(['steps']), [
      '/bin/node',
      '/bin/nx',
      'g',
      'd1-migrate:migration',
      ...words,
    ]);

  it.each([
    ['1.10', 1.1],
    ['2026', 2026],
    ['1e3', 1000],
    ['0x10', 16],
    ['12345678901234567890', Number('12345678901234567890')],
    ['1e999', Infinity],
  ])('gives back the word %s, which Nx has read as %d', (word, value) => {
    expect(read({ name: value }, word)).toEqual({ name: word });
    expect(read({ name: value }, `--name=${word}`)).toEqual({ name: word });
    expect(read({ name: value }, '--name', word, '--dry-run')).toEqual({ name: word });
  });

  it('tells the words of two options apart', () => {
    expect(read({ name: 1.1, to: 1.1 }, '1.10', '--to=1.100')).toEqual({ name: '1.10', to: '1.100' });
  });

  it('writes out a whole number that comes from a file, and leaves what is meant as a number', () => {
    expect(read({ name: 42, steps: 2.5, table: 'a' })).toEqual({ name: '42', steps: 2.5, table: 'a' });
  });

  it.each([
    ['comes from a file', []],
    ['could be either of two words', ['1.10', '--columns', '1.1']],
  ])('refuses a number with digits that %s, and says how to write it', (_, words) => {
    expect(() => read({ name: 1.1 }, ...words)).toThrow(
      expect.objectContaining({
        code: 'number-option',
        exitCode: 2,
        fix: expect.stringContaining('--name=<text>'),
      }),
    );
  });
});
