import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of a module beside another, such as `./program`: TypeScript in the source, JavaScript in what is built. */
export const fileBeside = (moduleUrl: string, name: string): string =>
  fileURLToPath(new URL(`${name}${extname(moduleUrl)}`, moduleUrl));
