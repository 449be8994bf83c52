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

export const readHistoryStatement = (historyTable: string): string =>
  `SELECT id, name, applied_at FROM ${quoteIdentifier(historyTable)} ORDER BY id`;
