import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { temporaryFolder } from './files.ts';

/**
 * Runs a command in a shell whose folder for temporary files has room for two megabytes: a small file system, or where none may be
 * mounted, a limit of the size of a file, which the system tells in the same way.
 */
export function commandOnSmallDisk(command: readonly string[]): readonly string[] {
  const folder = join(temporaryFolder(), 'small');
  mkdirSync(folder);
  const script = hasSmallDisks()
    ? `mount -t tmpfs -o size=2m tmpfs "$1" && trap 'umount "$1"' EXIT; export TMPDIR="$1"; disk="$1"; shift; "$@"; status=$?; set -- "$disk"; exit $status`
    : 'export TMPDIR="$1"; ulimit -f 4000; shift; "$@"';
  return ['sh', '-c', script, 'sh', folder, ...command];
}

/** Whether a small file system may be mounted; a limit of the size of a file ends workerd instead. */
export function hasSmallDisks(): boolean {
  const folder = temporaryFolder();
  const { exitCode } = execaSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], {
    reject: false,
  });
  if (exitCode === 0) execaSync('umount', [folder]);
  return exitCode === 0;
}
