import {
  choice,
  count,
  flag,
  path,
  readOptions,
  reportOptions,
  targetOptions,
  text,
  texts,
} from '../command/index.ts';
import { errorOf } from '../testing/index.ts';
import { readArguments } from './arguments.ts';

const command = {
  name: 'save',
  options: {
    ...targetOptions,
    files: texts('Files.', { isPositional: true }),
    since: text('A commit.'),
    output: path('A folder'),
    mode: choice(['online', 'export'], 'How.', { otherwise: 'online' }),
    keepLast: count('So many.', { maximum: 9 }),
    verify: flag('Prove it.', { otherwise: true }),
    dryRun: flag('Only show it.'),
    ...reportOptions,
  },
};

const read = (line: string) => readArguments(command, line === '' ? [] : line.split(' ')).options;

describe('a command line', () => {
  it.each([
    ['', {}],
    ['--dryRun --json', { dryRun: true, json: true }],
    ['--dry-run --no-verify --keep-last=3', { dryRun: true, verify: false, keepLast: 3 }],
    ['--noverify-is-a-word', undefined],
    ['--verify=false --dry-run=true', { verify: false, dryRun: true }],
    ['--since=81919e4', { since: '81919e4' }],
    ['--since 1.10', { since: '1.10' }],
    ['--since=-1', { since: '-1' }],
    ['--since=a --since=b', { since: 'b' }],
    ['--env production', { environment: 'production' }],
    ['-e production -c apps/api', { environment: 'production', wranglerConfig: 'apps/api' }],
    ['--environment=production', { environment: 'production' }],
    ['--config=apps/api', { wranglerConfig: 'apps/api' }],
    ['a.sql --json b.sql', { files: ['a.sql', 'b.sql'], json: true }],
    ['--files=a.sql -- --b.sql', { files: ['a.sql', '--b.sql'] }],
    ['--keepLast=many', { keepLast: 'many' }],
  ])('"%s" is read as it is written', async (line, expected) => {
    if (expected === undefined) {
      expect((await errorOf((async () => read(line))())).code).toBe('unknown-option');
    } else {
      expect(read(line)).toEqual(expected);
    }
  });

  it.each([
    ['--outptu=x', 'unknown-option', '"save" has no option --outptu.', 'Did you mean --output?'],
    ['-x', 'unknown-option', '"save" has no option -x.', 'See --help'],
    ['--no-since', 'unknown-option', '"save" has no option --no-since.', 'See --help'],
    ['--since', 'missing-value', '--since needs a value.', '--since=<value>'],
    ['--since --json', 'missing-value', '--since needs a value.', '--since=<value>'],
    ['--env=', 'missing-value', '--env needs a value.', '--env=<value>'],
    ['--dryRun=yes', 'unexpected-value', '--dryRun is on or off, and "yes" is neither.', 'alone'],
    ['--no-verify=false', 'unexpected-value', '--no-verify is on or off', 'alone'],
    ['--settings={}', 'unknown-option', '"save" has no option --settings.', ''],
    ['--wranglerConfig=other.toml', 'unknown-option', '"save" has no option --wranglerConfig.', ''],
  ])('"%s" is refused, with what to write', async (line, code, message, fix) => {
    const error = await errorOf((async () => read(line))());
    expect(error).toMatchObject({
      code,
      exitCode: 2,
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
  });

  it('has no words without an option where the command takes none', async () => {
    const { since } = command.options;
    const error = await errorOf(
      (async () => readArguments({ name: 'save', options: { since } }, ['a.sql']))(),
    );
    expect(error.message).toBe('"save" takes no word such as "a.sql".');
  });
});

describe('options', () => {
  const given = { wranglerConfig: 'wrangler.toml' };

  it('come with their defaults', () => {
    expect(readOptions(command.options, given)).toEqual({
      ...given,
      files: [],
      mode: 'online',
      verify: true,
      dryRun: false,
      timeout: 600,
      json: false,
      verbose: false,
    });
  });

  it.each([
    [{ keepLast: 0 }, 'invalid-keep-last', '--keepLast=0: it takes a whole number from 1 to 9.'],
    [{ keepLast: 1.5 }, 'invalid-keep-last', '--keepLast=1.5: it takes a whole number from 1 to 9.'],
    [{ keepLast: 'many' }, 'invalid-keep-last', '--keepLast=many: it takes a whole number'],
    [{ mode: 'offline' }, 'invalid-mode', '--mode=offline: it takes one of online, export.'],
    [
      { settings: { production: { protected: 'no' } } },
      'invalid-settings',
      '--settings.production.protected',
    ],
  ])('that are wrong are refused: %j', async (wrong, code, message) => {
    const error = await errorOf((async () => readOptions(command.options, { ...given, ...wrong }))());
    expect(error).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(message) });
  });
});
