import { defineCommand, flag, path, reportOptions, targetOptions } from '../command/index.ts';
import { terminalText } from '../report/index.ts';
import { commandHelp } from './help.ts';

const command = defineCommand({
  name: 'list',
  title: 'List the archives',
  description: 'Shows the archives of an environment.',
  options: {
    ...targetOptions,
    archive: path('The archive', { more: 'Default: the newest.', isPositional: true }),
    verify: flag('Prove it, with words that need a second line in a narrow terminal.', { otherwise: true }),
    ...reportOptions,
  },
  examples: [{ description: 'One', environment: 'production', options: { verify: false } }],
  exitCodes: { 3: 'not all was proved' },
  target: { defaultName: 'backup-list', description: 'Lists.', location: 'any' },
  run: async () => ({ exitCode: 0, text: [], document: {} }),
});

const shown = (width: number) =>
  terminalText(commandHelp({ name: 'd1-backup', commands: [] }, command, width)).split('\n');

describe('the help of a command', () => {
  it('has its options, those of every command, examples and exit codes', () => {
    const help = shown(100);
    expect(help).toEqual(
      expect.arrayContaining([
        'Usage: npx d1-backup list [archive] [options]',
        '  --archive <path>     The archive. Default: the newest.',
        '  --[no-]verify        Prove it, with words that need a second line in a narrow terminal.',
        expect.stringMatching(/^ {2}-c, --config <path> {2}The wrangler config/),
        expect.stringMatching(/^ {2}-e, --env <text> {5}The environment/),
        '  npx d1-backup list --env=production --no-verify',
        'Exit status: 0 done; 1 failed; 2 could not run; 3 not all was proved.',
      ]),
    );
  });

  it('offers nothing that decides what is protected', () => {
    expect(shown(100).join('\n')).not.toMatch(/settings|wranglerConfig/);
  });

  it.each([60, 80, 100])('is at most %d characters wide, and a screen long', (width) => {
    expect(shown(width).filter((line) => line.length > width)).toEqual([]);
    expect(shown(width).length).toBeLessThan(50);
  });
});
