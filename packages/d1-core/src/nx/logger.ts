import { logger as nxLogger } from 'nx/src/devkit-exports.js';
import { terminalText } from '../report/index.ts';

const shown = (line: string): string => terminalText([line]).trimEnd();

/** Nx's own, for lines with names and messages of which not every character may reach a terminal. */
export const logger = {
  info: (line: string): void => nxLogger.info(shown(line)),
  warn: (line: string): void => nxLogger.warn(shown(line)),
  error: (line: string): void => nxLogger.error(shown(line)),
};
