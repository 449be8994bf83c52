import type { DatabaseSync } from 'node:sqlite';
import { quoteText } from '../sql/index.ts';

/** Documents of an FTS5 table that keeps no text, by what a search finds in them. */
export interface WordsComparison {
  readonly before: number;
  readonly after: number;
  /** Those in which the same words are found at the same places. */
  readonly kept: number;
  /** Those in which other words are found than before. */
  readonly changed: number;
}

/**
 * Compares what searches find, word by word (https://sqlite.org/fts5.html#the_fts5vocab_virtual_table_module). A side that
 * is undefined has no such table.
 */
export function compareWords(
  database: DatabaseSync,
  before: string | undefined,
  after: string | undefined,
): WordsComparison {
  const open = (side: string, schema: string, table: string | undefined) =>
    database.exec(
      table === undefined
        ? `CREATE TEMP TABLE words_${side} (term, doc, col, offset)`
        : `CREATE VIRTUAL TABLE temp.words_${side} USING fts5vocab(${quoteText(schema)}, ${quoteText(table)}, 'instance')`,
    );
  open('before', 'before', before);
  open('after', 'main', after);
  try {
    const count = (sql: string) =>
      Number(database.prepare(`SELECT count(*) AS n FROM (${sql})`).get()?.['n']);
    const docs = (side: string) => `SELECT DISTINCT doc FROM temp.words_${side}`;
    const differing = [
      ['before', 'after'],
      ['after', 'before'],
    ]
      .map(
        ([one, other]) =>
          `SELECT doc FROM (SELECT * FROM temp.words_${one} EXCEPT SELECT * FROM temp.words_${other})`,
      )
      .join(' UNION ');
    const both = `${docs('before')} INTERSECT ${docs('after')}`;
    const changed = count(`SELECT * FROM (${both}) INTERSECT SELECT * FROM (${differing})`);
    return {
      before: count(docs('before')),
      after: count(docs('after')),
      kept: count(both) - changed,
      changed,
    };
  } finally {
    database.exec('DROP TABLE temp.words_before; DROP TABLE temp.words_after');
  }
}
