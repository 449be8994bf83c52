import type { Reporter } from './reporter.ts';

/** Changes when a field changes its meaning or goes away. Readers ignore fields that they do not know. */
const VERSION = 1;

/** Lines and columns count from 1, offsets from 0; columns and offsets are UTF-16 units. */
export const json: Reporter = (report) =>
  JSON.stringify({ version: VERSION, command: 'lint', ...report, texts: undefined }, null, 2);
