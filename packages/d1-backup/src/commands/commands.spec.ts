import { readOptions } from 'd1-core/command';
import { COMMANDS } from './index.ts';

it.each(COMMANDS.commands.map((command) => [command.name, command] as const))(
  'the examples of %s are taken as they are written',
  (_, { examples, options }) => {
    for (const example of examples) {
      const given = { wranglerConfig: 'wrangler.toml', environment: example.environment };
      const { recipient, ...rest } = example.options ?? {};
      const read = readOptions(options, {
        ...given,
        ...rest,
        ...(recipient === undefined ? {} : { recipient: [recipient] }),
      });
      expect(read).toMatchObject(rest);
    }
  },
);
