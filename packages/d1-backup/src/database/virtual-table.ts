import { D1Error } from 'd1-core/errors';
import { foldName, isTrivia, unquote, type Token, type Tokenize } from 'd1-core/sql';
import type { Table } from './table.ts';

/**
 * How the content of a virtual table is brought back. `rows`: its rows are inserted. `rebuild`: the index is built
 * again from the table or view that has the content. `none`: it only shows what is elsewhere. `unreadable`: it has an
 * index of what nobody kept, and only its definition can be saved. `orphaned`: so too, because the table that has the
 * content is gone, or has not its columns any more.
 */
export type VirtualContent = 'rows' | 'rebuild' | 'none' | 'unreadable' | 'orphaned';

/** The table or view with the text of a full-text search. */
export interface SearchSource {
  readonly name: string;
  /** The column that is the rowid of the search. */
  readonly rowid: string;
}

export interface VirtualTable {
  readonly name: string;
  /** In small letters, such as `fts5`. */
  readonly module: string;
  readonly sql: string;
  readonly content: VirtualContent;
  /** Where an index takes its text from; undefined where it is its own. */
  readonly source: SearchSource | undefined;
  readonly table: Table;
}

/**
 * `columnsOf` tells the folded columns of a table; undefined where there is none, and empty for a view. Throws D1Error
 * `unknown-module` for a kind of virtual table that this version cannot save.
 */
export function readVirtualTable(
  { name, sql }: Pick<VirtualTable, 'name' | 'sql'>,
  table: Table,
  tokenize: Tokenize,
  columnsOf: (relation: string) => ReadonlySet<string> | undefined,
): VirtualTable {
  const tokens = tokenize(sql).filter((token) => !isTrivia(token));
  const using = tokens.findIndex((token) => token.kind === 'keyword' && foldName(token.text) === 'using');
  const module = foldName(unquote(tokens[using + 1]?.text ?? ''));
  switch (module) {
    case 'fts5':
      return {
        name,
        module,
        sql,
        ...contentOfFts5(tokens.slice(using), table, columnsOf),
        table: { ...table, key: ['rowid'], hiddenRowid: 'rowid' },
      };
    case 'fts5vocab':
      return { name, module, sql, content: 'none', source: undefined, table };
    case 'rtree':
    case 'rtree_i32':
      return {
        name,
        module,
        sql,
        content: 'rows',
        source: undefined,
        table: { ...table, key: ['rowid'], hiddenRowid: undefined },
      };
    default:
      throw new D1Error({
        code: 'unknown-module',
        message: `The virtual table "${name}" uses the module "${module}", which this version cannot save.`,
        fix: 'Update d1-backup; if it stays, report it with the CREATE statement of the table.',
      });
  }
}

/** The option `content` names another table or view, or nothing at all. https://sqlite.org/fts5.html#external_content_and_contentless_tables */
function contentOfFts5(
  tokens: readonly Token[],
  { columns }: Table,
  columnsOf: (relation: string) => ReadonlySet<string> | undefined,
): Pick<VirtualTable, 'content' | 'source'> {
  const optionOf = (name: string) => {
    const at = tokens.findIndex(
      ({ text }, index) => foldName(text) === name && tokens[index + 1]?.text === '=',
    );
    return at === -1 ? undefined : unquote(tokens[at + 2]?.text ?? '');
  };
  const name = optionOf('content');
  if (name === undefined) return { content: 'rows', source: undefined };
  if (name === '') return { content: 'unreadable', source: undefined };
  const found = columnsOf(name);
  const isThere =
    found !== undefined && (found.size === 0 || columns.every((name) => found.has(foldName(name))));
  const source = { name, rowid: optionOf('content_rowid') ?? 'rowid' };
  return { content: isThere ? 'rebuild' : 'orphaned', source };
}
