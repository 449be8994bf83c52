import { randomUUID } from 'node:crypto';
import { runMark } from 'd1-core/inference';
import { pluginVersion } from './plugin-version.ts';

/** The environment variable that is an input of the target. */
export const RUN_MARK = 'D1_QUERIES_RUN';

/** What Nx cannot know of a run, so that it remembers no wrong result: one that writes or reads git has to take place each time. */
export const markOf = (argv: readonly string[], workspaceRoot: string): string =>
  runMark(argv, workspaceRoot, {
    version: pluginVersion(),
    changing: argv.some((word) => /^--(write(=(?!false$).*)?|deployed(=.*)?)$/i.test(word))
      ? [randomUUID()]
      : [],
  });
