import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { quoteIdentifier } from 'd1-core/sql';
import type { VirtualTable } from './virtual-table.ts';

/** Rows of one statement: D1 takes 100,000 bytes, and a rowid has 20 digits at most. */
const ROWS = 4000;

/**
 * How the index of a full-text search stands to the rows with its text, by what both say of rowids: `full` when each row
 * is in it, `part` when some are hidden from it, as triggers with a condition do, `unlike` when it also has rows that are gone.
 */
export async function indexState(d1: D1, table: VirtualTable): Promise<'full' | 'part' | 'unlike'> {
  const { source } = table;
  if (source === undefined) return 'full';
  const docs = quoteIdentifier(`${table.name}_docsize`);
  const [name, rowid] = [quoteIdentifier(source.name), quoteIdentifier(source.rowid)];
  try {
    const [[counts] = []] = await d1.batch([
      `SELECT (SELECT count(*) FROM ${name} WHERE ${rowid} NOT IN (SELECT id FROM ${docs})) AS hidden, (SELECT count(*) FROM ${docs} WHERE id NOT IN (SELECT ${rowid} FROM ${name})) AS gone`,
    ]);
    if (counts?.['gone'] !== 0) return 'unlike';
    return counts['hidden'] === 0 ? 'full' : 'part';
  } catch (error) {
    // Without columnsize, and of a view without rowids, nobody can say.
    if (!isD1Error(error) || !error.code.startsWith('sql-')) throw error;
    return 'full';
  }
}

/** The statements that fill the index of a full-text search with those rows that were in it. */
export async function* indexStatements(d1: D1, table: VirtualTable): AsyncGenerator<string> {
  const { source } = table;
  const own = quoteIdentifier(table.name);
  if (source === undefined || (await indexState(d1, table)) === 'full')
    return yield `INSERT INTO ${own}(${own}) VALUES ('rebuild')`;
  const columns = table.table.columns.map(quoteIdentifier).join(', ');
  const [name, rowid] = [quoteIdentifier(source.name), quoteIdentifier(source.rowid)];
  const docs = quoteIdentifier(`${table.name}_docsize`);
  let after: string | undefined;
  for (;;) {
    const where = after === undefined ? '' : ` WHERE id > ${after}`;
    const [rows = []] = await d1.batch([
      `SELECT CAST(id AS TEXT) AS doc FROM ${docs}${where} ORDER BY id LIMIT ${ROWS}`,
    ]);
    const ids = rows.map(({ doc }) => String(doc));
    if (ids.length === 0) return;
    yield `INSERT INTO ${own} (rowid, ${columns}) SELECT ${rowid}, ${columns} FROM ${name} WHERE ${rowid} IN (${ids.join(', ')})`;
    after = ids.at(-1);
  }
}
