import { sameName } from '../sql/index.ts';

/** What we did to a database, row by row; rows are only ever added. */
export const JOURNAL_TABLE = 'd1_migrate_journal';

/** What a database says of itself: the name of its environment, and who is changing it. */
export const METADATA_TABLE = 'd1_migrate_metadata';

export const createMetadata = `CREATE TABLE IF NOT EXISTS ${METADATA_TABLE} (key TEXT PRIMARY KEY, value TEXT NOT NULL)`;

/** Tables that belong to the tools, not to the schema that migrations describe. */
export function isOurTable(name: string, historyTable: string): boolean {
  return (
    [JOURNAL_TABLE, METADATA_TABLE, historyTable].some((own) => sameName(name, own)) ||
    /^(_cf_|sqlite_)/i.test(name)
  );
}
