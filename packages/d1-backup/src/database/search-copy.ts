import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { D1 } from 'd1-core/database';
import { messageOf } from 'd1-core/errors';
import { makeThrowAwayFolder } from 'd1-core/node';
import { quoteIdentifier } from 'd1-core/sql';
import type { Table } from './table.ts';
import { createPieces, insertStatements } from './insert-rows.ts';
import { readRows, type DataRow } from './read-rows.ts';
import type { Value } from './value.ts';
import type { VirtualTable } from './virtual-table.ts';

/**
 * The tables in which FTS5 keeps an index, with their keys: https://sqlite.org/fts5.html#fts5_data_structures
 * The last one holds values only where the search keeps some of its own.
 */
const SHADOWS = [
  ['data', ['id']],
  ['idx', ['segid', 'term']],
  ['docsize', ['id']],
  ['config', ['k']],
  ['content', ['id']],
] as const;

const PIECES = 'd1_backup_pieces';

/** Rows that are written at a time. */
const ROWS = 500;

/** A full-text search without the table that has its text, in SQLite, where its index can be asked for its words. */
export interface SearchCopy {
  /** SHA-256, in hexadecimal, of what can be found: each word with the document and the place that it is in. */
  digest(): string;
  /** Documents of which the same index is made, or undefined where that cannot be: what is kept need not tell. */
  rows(): (() => Generator<readonly DataRow[]>) | undefined;
  close(): void;
}

/** Copies the index of a full-text search; undefined where the SQLite of Node does not know its kind. Reads only. */
export async function copySearch(d1: D1, table: VirtualTable): Promise<SearchCopy | undefined> {
  if (!isKnown(table)) return undefined;
  const folder = makeThrowAwayFolder();
  const copy = openSearch(join(folder.path, 'copy.sqlite'), table);
  const close = () => {
    copy.close();
    folder.remove();
  };
  try {
    const shadows = shadowsOf(copy, table);
    copy.exec('BEGIN');
    copy.exec(createPieces(PIECES));
    for (const shadow of shadows) {
      copy.exec(`DELETE FROM ${quoteIdentifier(shadow.name)}`);
      for await (const rows of readRows(d1, shadow))
        for (const statement of insertStatements(shadow, rows, PIECES)) copy.exec(statement);
    }
    copy.exec('COMMIT');
  } catch (error) {
    close();
    throw error;
  }
  // The search has read its index before it was written.
  copy.close();
  const read = openSearch(join(folder.path, 'copy.sqlite'), table);
  return {
    digest: () => digestOf(read, table),
    rows() {
      const wanted = digestOf(read, table);
      return waysToWrite(read, table).find((rows) => {
        const trial = openSearch(':memory:', table);
        try {
          return write(trial, table, rows()) && digestOf(trial, table) === wanted;
        } finally {
          trial.close();
        }
      });
    },
    close() {
      read.close();
      folder.remove();
    },
  };
}

function isKnown(table: VirtualTable): boolean {
  try {
    openSearch(':memory:', table).close();
    return true;
  } catch {
    return false;
  }
}

/** Opens a database with the search in it; `words` lists what is in its index. */
function openSearch(file: string, { name, sql }: VirtualTable): DatabaseSync {
  // Otherwise SQLite keeps everybody from the tables of an index.
  const options = { readOnly: false, defensive: false };
  const database = new DatabaseSync(file, options);
  database.exec('PRAGMA journal_mode = off; PRAGMA synchronous = off');
  const isThere = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
  if (!isThere) database.exec(sql);
  const text = name.replaceAll("'", "''");
  database.exec(`CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', '${text}', 'instance')`);
  return database;
}

function shadowsOf(copy: DatabaseSync, { name }: VirtualTable): readonly Table[] {
  return SHADOWS.flatMap(([end, keys]) => {
    const shadow = `${name}_${end}`;
    const columns = copy.prepare('SELECT name FROM pragma_table_info(?)').all(shadow);
    if (columns.length === 0) return [];
    return [
      {
        name: shadow,
        columns: columns.map((row) => String(row['name'])),
        key: keys.map((key) => `${quoteIdentifier(key)} COLLATE BINARY`),
        hiddenRowid: undefined,
        parents: [],
      },
    ];
  });
}

function digestOf(copy: DatabaseSync, table: VirtualTable): string {
  const hash = createHash('sha256');
  const words = 'SELECT hex(term) AS term, CAST(doc AS TEXT) AS doc, col, "offset" FROM temp.words';
  for (const { term, doc, col, offset } of copy.prepare(words).iterate())
    hash.update(`${JSON.stringify([term, doc, col, offset])}\n`);
  for (const id of documentsOf(copy, table)) hash.update(`${id}\n`);
  return hash.digest('hex');
}

/** The rowids of all documents, also of those without a word. Nobody knows the latter with `columnsize=0`. */
function* documentsOf(copy: DatabaseSync, { name }: VirtualTable): Generator<string> {
  const sizes = quoteIdentifier(`${name}_docsize`);
  const isKept =
    copy.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(`${name}_docsize`) !== undefined;
  const from = isKept ? `SELECT id FROM ${sizes}` : 'SELECT DISTINCT doc AS id FROM temp.words';
  for (const { id } of copy.prepare(`SELECT CAST(id AS TEXT) AS id FROM (${from}) ORDER BY id + 0`).iterate())
    yield String(id);
}

type Rows = () => Generator<readonly DataRow[]>;

/** How documents may be written so that their words are read from them: one after the other, or each over the one before it. */
function waysToWrite(copy: DatabaseSync, table: VirtualTable): readonly Rows[] {
  const spelling = spellingsOf(copy, table);
  const spaced = (words: readonly string[]) => words.map((word) => spelling.get(word) ?? word).join(' ');
  const overlapped = (words: readonly string[]) =>
    words[0] +
    words
      .slice(1)
      .map((word) => [...word].at(-1))
      .join('');
  return [spaced, overlapped].map((join) => () => documentRows(copy, table, join));
}

function* documentRows(
  copy: DatabaseSync,
  table: VirtualTable,
  join: (words: readonly string[]) => string,
): Generator<readonly DataRow[]> {
  const columns = table.table.columns;
  const anyColumn = indexedColumn(table);
  const words = copy
    .prepare('SELECT CAST(doc AS TEXT) AS doc, col, term FROM temp.words ORDER BY words.doc, col, "offset"')
    .iterate();
  const kept = keptValues(copy, table);
  let next = words.next();
  let rows: DataRow[] = [];
  for (const id of documentsOf(copy, table)) {
    const texts = new Map<string, string[]>();
    for (; !next.done && String(next.value['doc']) === id; next = words.next()) {
      const column = String(next.value['col'] ?? anyColumn);
      const own = texts.get(column) ?? [];
      own.push(String(next.value['term']));
      texts.set(column, own);
    }
    rows.push([
      `i${id}`,
      ...columns.map((column) => {
        const own = texts.get(column);
        return own === undefined ? kept(id, column) : textValue(join(own));
      }),
    ]);
    if (rows.length < ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** Values of columns that are in no index, where the search keeps them itself (`contentless_unindexed`). */
function keptValues(
  copy: DatabaseSync,
  { name, source }: VirtualTable,
): (id: string, column: string) => Value {
  const isKept =
    copy.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(`${name}_content`) !== undefined;
  if (!isKept || source !== undefined) return () => null;
  return (id, column) => {
    const value = quoteIdentifier(column);
    const sql = `SELECT CASE typeof(${value}) WHEN 'integer' THEN 'i' || ${value} WHEN 'real' THEN 'r' || printf('%!.17g', ${value}) WHEN 'text' THEN 't' || hex(${value}) WHEN 'blob' THEN 'b' || hex(${value}) END AS value FROM ${quoteIdentifier(name)} WHERE rowid = ${id}`;
    const found = copy.prepare(sql).get()?.['value'];
    return typeof found === 'string' ? found : null;
  };
}

const textValue = (text: string): Value => `t${Buffer.from(text).toString('hex').toUpperCase()}`;

/** A column that is indexed, for words of which nobody knows the column (`detail=none`). */
function indexedColumn(table: VirtualTable): string {
  const { columns } = table.table;
  return columns.find((_, index) => wordsOf(table, ['indexed'], index)[0] !== undefined) ?? columns[0] ?? '';
}

/** Endings that a stemmer takes off. */
const ENDINGS = ['e', 's', 'ee', 'y', 'ed', 'ing', 'es', 'ly', 'ate', 'al', 'ion', 'er'];

/** How words have to be written to be read as they are, where they are read as others: a stem may have another stem. */
function spellingsOf(copy: DatabaseSync, table: VirtualTable): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const column = table.table.columns.indexOf(indexedColumn(table));
  const all = copy.prepare('SELECT DISTINCT term FROM temp.words').all();
  const wrong = (terms: readonly string[], ending: string) => {
    const read = wordsOf(
      table,
      terms.map((term) => term + ending),
      column,
    );
    return terms.filter((term, index) => {
      if (read[index] !== term) return true;
      if (ending !== '') found.set(term, term + ending);
      return false;
    });
  };
  let left = wrong(
    all.map(({ term }) => String(term)),
    '',
  );
  for (const ending of ENDINGS) if (left.length > 0) left = wrong(left, ending);
  return found;
}

/** What a search reads of texts, each in a document of its own: its words, with spaces between them. */
function wordsOf(
  table: VirtualTable,
  texts: readonly string[],
  column: number,
): readonly (string | undefined)[] {
  const trial = openSearch(':memory:', table);
  try {
    const { columns } = table.table;
    const into = quoteIdentifier(columns[column] ?? '');
    const insert = trial.prepare(`INSERT INTO ${quoteIdentifier(table.name)} (rowid, ${into}) VALUES (?, ?)`);
    trial.exec('BEGIN');
    for (const [index, text] of texts.entries()) insert.run(index, text);
    trial.exec('COMMIT');
    const read: string[] = [];
    for (const { doc, term } of trial.prepare('SELECT doc, term FROM temp.words').iterate()) {
      const before = read[Number(doc)];
      read[Number(doc)] = before === undefined ? String(term) : `${before} ${String(term)}`;
    }
    return texts.map((_, index) => read[index]);
  } finally {
    trial.close();
  }
}

/** False when the search does not take them. */
function write(trial: DatabaseSync, { table }: VirtualTable, pages: Iterable<readonly DataRow[]>): boolean {
  trial.exec(createPieces(PIECES));
  try {
    trial.exec('BEGIN');
    for (const rows of pages)
      for (const statement of insertStatements(table, rows, PIECES)) trial.exec(statement);
    trial.exec('COMMIT');
    return true;
  } catch (error) {
    if (/disk|memory/i.test(messageOf(error))) throw error;
    return false;
  }
}
