import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { quoteIdentifier } from 'd1-core/sql';
import type { SearchDigest } from '../format/index.ts';
import type { Catalog } from './catalog.ts';
import type { DataRow } from './read-rows.ts';
import { copySearch, type SearchCopy } from './search-copy.ts';
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

/** How the index of one full-text search is written. */
export interface SearchPlan {
  /** The statements that fill it from the table with its text. */
  readonly statements?: () => AsyncGenerator<string>;
  /** Documents that are written instead, of the words that are in it. */
  readonly words?: () => Generator<readonly DataRow[]>;
}

/** How the indexes of the full-text searches of a database are written, whose text is elsewhere or nowhere. */
export interface Searches {
  readonly plans: ReadonlyMap<string, SearchPlan>;
  /** What is in each index that comes back. */
  readonly digests: readonly SearchDigest[];
  /** The names of those that do not come back: nothing that is kept makes the same index. */
  readonly lost: readonly string[];
  close(): void;
}

/**
 * Looks how indexes can be written so that the same is found in them. One whose text is in a table is built from that. Where that is
 * not to be trusted, for `byWords` says that it gave another index, documents are made of the words that are in it. Reads only.
 */
export async function planSearches(
  d1: D1,
  { virtualTables }: Pick<Catalog, 'virtualTables'>,
  byWords: readonly string[] = [],
): Promise<Searches> {
  const copies: SearchCopy[] = [];
  const close = () => copies.forEach((copy) => copy.close());
  const plans = new Map<string, SearchPlan>();
  const digests: SearchDigest[] = [];
  const lost: string[] = [];
  try {
    for (const table of virtualTables) {
      const { name, content } = table;
      if (content !== 'rebuild' && content !== 'unreadable') continue;
      const copy = await copySearch(d1, table);
      if (copy !== undefined) copies.push(copy);
      const state = await indexState(d1, table);
      if (content === 'rebuild' && state !== 'unlike' && !byWords.includes(name)) {
        plans.set(name, { statements: () => fromRows(d1, table, state) });
      } else {
        const words = copy?.rows();
        if (words === undefined) {
          lost.push(name);
          continue;
        }
        plans.set(name, { words });
      }
      if (copy !== undefined) digests.push({ name, sha256: copy.digest() });
    }
    return { plans, digests, lost, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The statements that fill an index with those rows that were in it. */
async function* fromRows(d1: D1, table: VirtualTable, state: 'full' | 'part'): AsyncGenerator<string> {
  const { source } = table;
  const own = quoteIdentifier(table.name);
  if (source === undefined || state === 'full') return yield `INSERT INTO ${own}(${own}) VALUES ('rebuild')`;
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

/** The searches that have something else in their indexes than what is expected of them. */
export async function wrongSearches(
  d1: D1,
  { virtualTables }: Pick<Catalog, 'virtualTables'>,
  expected: readonly SearchDigest[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { name, sha256 } of expected) {
    const table = virtualTables.find((one) => one.name === name);
    const copy = table && (await copySearch(d1, table));
    if (copy === undefined || copy.digest() !== sha256) wrong.push(name);
    copy?.close();
  }
  return wrong;
}
