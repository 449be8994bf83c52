/**
 * What the commands do, as functions for scripts and tests. Each takes one object: the options of the command by their names,
 * `folder` for the Worker, `environment` and `database`. It prints nothing and asks nothing, returns what it found, and throws
 * `D1Error`. What protects an environment comes from the files around the Worker.
 */
import { functionOf } from 'd1-core/script';
import {
  COMMANDS,
  backupCommand,
  listCommand,
  pruneCommand,
  restoreCommand,
  verifyCommand,
} from './commands/index.ts';

/**
 * Saves the database and the objects of the bucket in one archive, and proves it by restoring it into a throw-away database.
 * Sizes are in bytes.
 *
 * Throws `no-local-database`, `disk-full`, `output-not-writable`, `locked`; then there is no archive.
 *
 * @example
 * ```ts
 * import { backup, verify } from 'd1-backup';
 *
 * await backup({ folder: 'apps/api', output: 'backups', databaseOnly: true });
 * const { problems } = await verify({ folder: 'apps/api', archives: 'backups' });
 * ```
 */
export const backup = functionOf(COMMANDS, backupCommand);

/**
 * Puts an archive back into the database and the bucket of an environment, or with `extractTo` into a folder. Without `overwrite`
 * it refuses to replace what is there.
 */
export const restore = functionOf(COMMANDS, restoreCommand);

/** Proves an archive: `problems` is what is wrong with it, `unchecked` what was not looked at. */
export const verify = functionOf(COMMANDS, verifyCommand);

/** The archives of an environment, or with `all` of every one, the newest first. Sizes are in bytes. */
export const listArchives = functionOf(COMMANDS, listCommand);

/** Deletes the archives that no keep rule keeps; with `dryRun` it says which they would be. */
export const prune = functionOf(COMMANDS, pruneCommand);

export { D1Error, isD1Error } from 'd1-core/errors';
export type { RestoredFolder, RestoreResult } from './restore/index.ts';
export { archiveName, archiveTime, ENTRIES, FORMAT_VERSION } from './format/index.ts';
export { openArchive } from './zip/index.ts';
export type { ArchiveMetadata, DatabaseRecord, EntryRecord, ObjectsRecord, Proof } from './format/index.ts';
export type { Archive, ArchiveEntry, OpenArchiveOptions } from './zip/index.ts';
