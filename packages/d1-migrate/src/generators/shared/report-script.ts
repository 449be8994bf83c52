import { logger } from 'd1-core/nx';
import type { writeRollbackScript } from './new-migration.ts';

/** Says what came of the rollback script of a new migration. */
export function reportScript(fileName: string, made: Awaited<ReturnType<typeof writeRollbackScript>>): void {
  switch (made.outcome) {
    case 'proved':
      logger.info(`Its rollback script is ${made.class}, and proved by up, down and up again.`);
      break;
    case 'irreversible':
      logger.warn('It cannot be taken back by a script; rollback/ says why.');
      break;
    default:
      logger.warn(
        `No rollback script was written: ${'reason' in made ? made.reason : made.outcome}. When it is ready: npx nx g d1-migrate:rollback ${fileName}`,
      );
  }
}
