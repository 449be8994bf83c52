import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { D1Error, explainFileError } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import { ENTRIES, PARTIAL } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { checkArchive } from './check-archive.ts';
import { withNotes } from './database-restore.ts';
import { objectsOf } from './objects.ts';

export interface FolderRestore {
  readonly archive: Archive;
  /** Absolute; it is made when it is not there. */
  readonly folder: string;
  readonly parts: 'all' | 'database' | 'photos';
  /** Only objects whose keys begin so. */
  readonly prefix: string;
  /** Whether files that are there may be replaced, or are of a run that broke off. */
  readonly overwrite: boolean;
  readonly resume: boolean;
  readonly dryRun: boolean;
  /** What is being done, and how far it is: a fraction from 0 to 1. */
  readonly onProgress?: ((what: string, fraction: number) => void) | undefined;
}

export interface RestoredFolder {
  readonly archive: Archive;
  readonly folder: string;
  readonly outcome: 'dry-run' | 'restored';
  /** Files that were written; in a dry run those that would be. */
  readonly files: number;
  /** Files that were there already, with the same content. */
  readonly unchanged: number;
}

/** The entries of an archive that go into a folder, in the order of the archive. */
function folderEntries({ archive, parts, prefix }: FolderRestore): readonly string[] {
  const photos = new Set(objectsOf(archive, prefix).map(({ path }) => path));
  return [...archive.entries.keys()].filter((path) => {
    if (path.startsWith('photos/')) return parts !== 'database' && photos.has(path);
    return path !== ENTRIES.database || parts !== 'photos';
  });
}

/**
 * Writes the entries of an archive into a folder as they are, when the whole archive was found sound. Each file gets its
 * name when it is whole. An object has the name that it has in the archive, which is safe on every file system. Throws
 * D1Error `damaged-archive`, `folder-not-empty`, `disk-full`, `file-failed`.
 */
export async function restoreFolder(restore: FolderRestore): Promise<RestoredFolder> {
  const { archive, folder, resume, dryRun, onProgress = () => undefined } = restore;
  await requireFree(restore);
  await checkArchive(archive, (fraction) => onProgress('reading the archive', fraction));
  const paths = folderEntries(restore);
  if (dryRun) return { archive, folder, outcome: 'dry-run', files: paths.length, unchanged: 0 };
  const hashes = new Map(archive.metadata?.entries.map(({ path, sha256 }) => [path, sha256]));
  let files = 0;
  let unchanged = 0;
  try {
    for (const path of paths) {
      const file = join(folder, ...path.split('/'));
      const hash = hashes.get(path);
      if (resume && hash !== undefined && (await sha256Of(file)) === hash) {
        unchanged += 1;
        continue;
      }
      makeFolder(dirname(file));
      await pipeline(await archive.open(path), createWriteStream(file + PARTIAL));
      await rename(file + PARTIAL, file);
      files += 1;
      onProgress('writing the files', (files + unchanged) / paths.length);
    }
    return { archive, folder, outcome: 'restored', files, unchanged };
  } catch (error) {
    throw withNotes(
      explainFileError(error, { fix: 'Make room, or choose another folder with --to.' }) ?? error,
      [`${files} files were written into ${folder}. Run again with --resume to go on, or delete the folder.`],
    );
  }
}

async function requireFree({ folder, overwrite, resume }: FolderRestore): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length === 0 || overwrite || resume) return;
  throw new D1Error({
    code: 'target-not-empty',
    message: `The folder ${folder} is not empty, and nothing was written.`,
    fix: 'Name another one with --to, or replace the files of the same names with --overwrite.',
    exitCode: 2,
  });
}

async function sha256Of(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
