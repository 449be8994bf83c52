import { D1Error } from '../errors/index.ts';
import { quoteText } from '../sql/index.ts';
import { createMetadata, METADATA_TABLE } from './tables.ts';

export const readStampStatement = `SELECT key, value FROM ${METADATA_TABLE}`;

/** Writes the environment's name into the database. A stamp that is there stays as it is. */
export function stampStatements(environment: string): readonly string[] {
  return [
    createMetadata,
    `INSERT OR IGNORE INTO ${METADATA_TABLE} (key, value) VALUES ('environment', ${quoteText(environment)})`,
  ];
}

/** Refuses a database that says it belongs to another environment. */
export function checkStamp(stamp: string | undefined, environment: string, database: string): void {
  if (stamp === undefined || stamp === environment) return;
  throw new D1Error({
    code: 'wrong-environment',
    message: `The database ${database} is stamped "${stamp}", and this run is for "${environment}".`,
    fix:
      `Run with --configuration=${stamp}, or correct the database id of "${environment}" in the wrangler config. ` +
      `If the environment was renamed, set the stamp: UPDATE ${METADATA_TABLE} SET value = ${quoteText(environment)} WHERE key = 'environment';`,
    notes: ['Nothing was read from it but its own tables, and nothing was written.'],
    exitCode: 2,
  });
}
