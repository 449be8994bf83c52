import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { openArchive, peekArchive } from '../zip/index.ts';
import type { Shelf, ShelfFile } from './list-archives.ts';

/** A folder with archives; one that is not there is empty. `identity` is for encrypted archives. */
export function openFolderShelf(folder: string, identity?: string): Shelf {
  return {
    place: folder,
    files: () => listFiles(folder),
    peek: ({ name }) => peekArchive(join(folder, name), { identity }),
    open: ({ name }, identity) => openArchive(join(folder, name), { identity }),
    read: ({ name }) => readFile(join(folder, name), 'utf8'),
    remove: ({ name }) => rm(join(folder, name)),
    close: async () => undefined,
  };
}

/** Files only: what a link points to is kept elsewhere. */
async function listFiles(folder: string): Promise<readonly ShelfFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw unreadable(folder, error);
  });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(names.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })));
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

const unreadable = (folder: string, cause: unknown): D1Error =>
  new D1Error({
    code: 'unreadable-folder',
    message: `The folder ${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
    fix: 'Name the folder with the archives: --archives=<folder>',
    exitCode: 2,
    cause,
  });
