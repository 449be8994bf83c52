import { quoteIdentifier, quoteText } from '../sql/index.ts';

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
