import { choice, defineGenerator, flag, generatorOptions, text } from 'd1-core/command';

const ACTIONS = ['report', 'renumber', 'restart'] as const;

const important = { priority: 'important' } as const;

/** Says what is wrong with a migrations folder, and puts it right in one of two ways. */
export const adoptGenerator = defineGenerator({
  name: 'adopt',
  title: 'Adopt an old migrations folder, or make a new start from a live database',
  description:
    'Says what is wrong with a migrations folder: duplicate or missing numbers, files that do not run any more, older programs. Then renumbers it, or makes a new start from the schema of a live database.',
  options: {
    action: choice(
      ACTIONS,
      'report: say what is wrong. renumber: new numbers for what is applied nowhere. restart: everything into the archive, and a new first migration from a live schema.',
      { ...important, isPositional: true, otherwise: 'report' },
    ),
    environment: text('The environment from whose database the new start is made.', important),
    all: flag('Ask the remote databases too what is applied, before anything gets a new number.'),
    ...generatorOptions,
  },
  examples: [
    { description: 'What is wrong with the migrations folder' },
    { description: 'A new start from the schema of production', words: ['restart --environment=production'] },
  ],
  async run(site, options) {
    const { adopt } = await import('./adopt.ts');
    return adopt(site, options);
  },
});
