import { requireEffective } from './command.ts';
import { choice, count, countOr, flag, text, texts } from './options.ts';

const command = {
  options: {
    steps: count('Steps.'),
    wait: countOr(9, 'Seconds.'),
    names: texts('Names.'),
    dry: flag('Dry.'),
    strategy: choice(['script', 'snapshot'], 'Strategy.', { otherwise: 'script' }),
    file: text('File.'),
    identity: text('Identity.'),
  },
  ineffective: [
    { options: ['steps', 'wait', 'names'], beside: { strategy: ['snapshot'] }, why: 'all goes back' },
    { options: ['dry', 'file'], beside: { dry: true, file: true }, why: 'they are one' },
    { options: ['identity'], without: 'file', why: 'it opens the file' },
  ],
} as const;

const defaults = { wait: 9, names: [], dry: false, strategy: 'script' };

describe('options of which one would be ignored', () => {
  it.each([
    [{ steps: 2, strategy: 'snapshot' }, '--steps has no effect with --strategy=snapshot: all goes back.'],
    [{ wait: 1, strategy: 'snapshot' }, '--wait has no effect with --strategy=snapshot: all goes back.'],
    [
      { names: ['a'], strategy: 'snapshot' },
      '--names has no effect with --strategy=snapshot: all goes back.',
    ],
    [{ dry: true, file: 'a' }, '--dry has no effect with --file: they are one.'],
    [{ identity: 'a' }, '--identity has no effect without --file: it opens the file.'],
  ])('are refused: %j', (given, message) => {
    const refused = expect.objectContaining({ code: 'contradicting-options', message, exitCode: 2 });
    expect(() => requireEffective(command, { ...defaults, ...given })).toThrow(refused);
  });

  it.each([
    [{}],
    [{ steps: 2 }],
    [{ strategy: 'snapshot' }],
    [{ dry: true }],
    [{ file: 'a', identity: 'b' }],
  ])('are not: %j', (given) => {
    expect(() => requireEffective(command, { ...defaults, ...given })).not.toThrow();
  });
});
