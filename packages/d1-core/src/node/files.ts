import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file of a module beside another, such as `./program`: TypeScript in the source, JavaScript in what is built. */
export const fileBeside = (moduleUrl: string, name: string): string =>
  fileURLToPath(new URL(`${name}${extname(moduleUrl)}`, moduleUrl));

/**
 * Makes a folder, and those above it, where they are not there. Unlike Node's own `mkdir` with `recursive` it ends in every place,
 * such as /proc, and throws the system's own reason: https://github.com/nodejs/node/issues/42808
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process has made it meanwhile.
    if (!isFolder(path)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Writes a file, and its folder where that is not there. A reader finds the whole text, or the one from before. */
export async function replaceFile(file: string, text: string): Promise<void> {
  makeFolder(dirname(file));
  const partial = `${file}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}

/** `missing` and `stale`: what is there, or not, was left as it is. */
export type FileOutcome = 'current' | 'written' | 'stale' | 'missing';

/** Looks whether a file has a text, with whatever line ends, and replaces it where it has not and `write` is set. */
export async function bringUpToDate(file: string, text: string, write: boolean): Promise<FileOutcome> {
  const isThere = existsSync(file);
  if (isThere && readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === text) return 'current';
  if (!write) return isThere ? 'stale' : 'missing';
  await replaceFile(file, text);
  return 'written';
}
