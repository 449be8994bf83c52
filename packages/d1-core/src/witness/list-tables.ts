import type { DatabaseSync } from 'node:sqlite';

/**
 * The tables whose rows can be compared, by name: not SQLite's own, and not what virtual tables are kept in. An FTS5 table
 * over the rows of another one is left out too: `searchFaults` asks whether it finds them.
 */
export const listTables = (
  database: DatabaseSync,
  isHidden: (table: string) => boolean = () => false,
): readonly string[] =>
  database
    .prepare(
      `SELECT list.name, object.sql FROM pragma_table_list AS list
       JOIN main.sqlite_schema AS object ON object.type = 'table' AND object.name = list.name
       WHERE list.schema = 'main' AND list.type IN ('table', 'virtual') AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY list.name`,
    )
    .all()
    .filter(({ sql }) => contentOption(String(sql)) !== 'another')
    .map(({ name }) => String(name))
    .filter((name) => !isHidden(name));

/** Where an FTS5 table keeps its text: in itself, not at all, or in another table. */
export function contentOption(sql: string): 'own' | 'none' | 'another' {
  if (!/^create\s+virtual\s+table\b[\s\S]*\busing\s+fts5\b/i.test(sql)) return 'own';
  const [, text] = /[(,]\s*content\s*=\s*('[^']*'|"[^"]*"|\w+)\s*[,)]/i.exec(sql) ?? [];
  if (text === undefined) return 'own';
  return text === "''" || text === '""' ? 'none' : 'another';
}
