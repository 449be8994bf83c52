import { readTexts } from './read-texts.ts';

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
    expect(readTexts({ ...options, __unparsed__: words })).toMatchObject(expected);
  });
});
