import { join } from 'node:path';
import type { MigrationFile } from './list-migrations.ts';

/** The folder of the rollback scripts, inside the migrations folder: wrangler does not look into it. */
export const ROLLBACK_FOLDER = 'rollback';

/** Where the rollback script of a migration is, or would be: `migrations/rollback/<same name>`. */
export function rollbackScriptPath({ name, path }: MigrationFile): string {
  const folder = path.slice(0, path.length - name.length);
  return join(folder, ROLLBACK_FOLDER, name);
}
