import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** Writes a file, and its folder where that is not there. A reader finds the whole text, or the one from before. */
export async function replaceFile(file: string, text: string): Promise<void> {
  makeFolder(dirname(file));
  const partial = `${file}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
