import { quoteIdentifier, quoteText, sameName } from '../sql/index.ts';

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

/** The table as wrangler itself creates it, so that wrangler goes on with what we recorded. */
export function createHistoryStatement(historyTable: string, { quoted }: { quoted: boolean }): string {
  return `CREATE TABLE IF NOT EXISTS ${quoted ? quoteIdentifier(historyTable) : historyTable}(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
}

/** Records one migration as applied. */
export function recordStatement(historyTable: string, name: string): string {
  return `INSERT INTO ${quoteIdentifier(historyTable)} (name) VALUES (${quoteText(name)})`;
}

/** Takes one migration out of the history. */
export const forgetStatement = (historyTable: string, name: string): string =>
  `DELETE FROM ${quoteIdentifier(historyTable)} WHERE name = ${quoteText(name)}`;

/** A condition: the history has as many rows as were read before, and the same last one. */
export const isHistory = (historyTable: string, rows: readonly { readonly id: number }[]): string =>
  `(SELECT count(*) || '/' || ifnull(max(id), 0) FROM ${quoteIdentifier(historyTable)}) = '${rows.length}/${rows.at(-1)?.id ?? 0}'`;

export const readHistoryStatement = (historyTable: string): string =>
  `SELECT id, name, applied_at FROM ${quoteIdentifier(historyTable)} ORDER BY id`;
