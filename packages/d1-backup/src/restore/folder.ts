import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { D1Error, explainFileError } from 'd1-core/errors';
import { makeFolder } from 'd1-core/node';
import { plural } from 'd1-core/report';
import { ENTRIES, PARTIAL } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { checkArchive } from './check-archive.ts';
import { withNotes } from './database-restore.ts';
import { objectsOf } from './objects.ts';
import { gapsOf } from './plan.ts';

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
  /** What the archive lacks. */
  readonly warnings: readonly string[];
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
  const { archive, folder, parts, prefix, dryRun, onProgress = () => undefined } = restore;
  await requireEmpty(restore);
  await checkArchive(archive, (fraction) => onProgress('reading the archive', fraction));
  const paths = folderEntries(restore);
  const unchanged = await findWritten(restore, paths);
  const missing = paths.filter((path) => !unchanged.has(path));
  const warnings = parts === 'database' ? [] : gapsOf(archive, prefix);
  const facts = { archive, folder, files: missing.length, unchanged: unchanged.size, warnings };
  if (dryRun) return { ...facts, outcome: 'dry-run' };
  // No entry has such a name.
  const unfinished = join(folder, `.d1-backup-${randomUUID()}${PARTIAL}`);
  let files = 0;
  try {
    for (const path of missing) {
      const file = join(folder, ...path.split('/'));
      makeFolder(dirname(file));
      await pipeline(await archive.open(path), createWriteStream(unfinished));
      await rename(unfinished, file);
      files += 1;
      onProgress('writing the files', files / missing.length);
    }
    return { ...facts, outcome: 'restored' };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw withNotes(
      explainFileError(error, { fix: 'Make room, or choose another folder with --extractTo.' }) ?? error,
      [`${files} files were written into ${folder}. Run again with --resume to go on, or delete the folder.`],
    );
  }
}

async function requireEmpty({ folder, overwrite, resume }: FolderRestore): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.length > 0 && !overwrite && !resume) throw notEmpty(folder, []);
}

/** The entries that are in the folder already. Throws where another file has the name of one and nobody said that it may go. */
async function findWritten(
  { archive, folder, overwrite, resume }: FolderRestore,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!resume) return new Set();
  const hashes = new Map(archive.metadata?.entries.map(({ path, sha256 }) => [path, sha256]));
  const same = new Set<string>();
  const others: string[] = [];
  for (const path of paths) {
    const found = await sha256Of(join(folder, ...path.split('/')));
    if (found === undefined) continue;
    if (found === (hashes.get(path) ?? (await archive.digest(path)))) same.add(path);
    else others.push(path);
  }
  if (others.length > 0 && !overwrite) throw notEmpty(folder, others);
  return same;
}

/** Files that an error names. */
const SHOWN = 10;

const notEmpty = (folder: string, others: readonly string[]): D1Error =>
  new D1Error({
    code: 'target-not-empty',
    message:
      others.length === 0
        ? `The folder ${folder} is not empty, and nothing was written.`
        : `The folder ${folder} has ${plural(others.length, 'file')} that no earlier run has written from this archive, and nothing was written.`,
    fix: 'Name another one with --extractTo, or replace the files of the same names with --overwrite.',
    notes: [
      ...others.slice(0, SHOWN).map((path) => `  ${JSON.stringify(path)}`),
      ...(others.length > SHOWN ? [`  and ${others.length - SHOWN} more`] : []),
    ],
    exitCode: 2,
  });

async function sha256Of(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
