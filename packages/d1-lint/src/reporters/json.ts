import { isD1Error } from 'd1-core/errors';
import { errorDocument, jsonText } from 'd1-core/report';
import type { Reporter } from './reporter.ts';

/** Changes when a field changes its meaning or goes away. Readers ignore fields that they do not know. */
const VERSION = 1;

/** Lines and columns count from 1, offsets from 0; columns and offsets are UTF-16 units. */
export const json: Reporter = (report, _rules, exitCode) =>
  document({ exitCode, ...report, texts: undefined });

/** Takes the place of a report that could not be made. */
export const jsonError = (error: unknown): string =>
  document({ exitCode: isD1Error(error) ? error.exitCode : 1, error: errorDocument(error) });

const document = (content: object): string => jsonText({ version: VERSION, command: 'lint', ...content });
