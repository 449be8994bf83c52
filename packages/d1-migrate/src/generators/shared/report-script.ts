import { commandLine } from 'd1-core/door';
import type { Site } from 'd1-core/site';
import type { writeRollbackScript } from './new-migration.ts';

/** Says what came of the rollback script of a new migration. */
export function reportScript(
  { log }: Site,
  fileName: string,
  made: Awaited<ReturnType<typeof writeRollbackScript>>,
): void {
  switch (made.outcome) {
    case 'proved':
      log.info(`Its rollback script is ${made.class}, and proved by up, down and up again.`);
      break;
    case 'irreversible':
      log.warn('It cannot be rolled back by a script; rollback/ says why.');
      break;
    default:
      log.warn(
        `No rollback script was written: ${'reason' in made ? made.reason : made.outcome}. When it is ready: ${commandLine('d1-migrate:rollback-script', fileName)}`,
      );
  }
}
