import { D1Error } from 'd1-core/errors';
import { foldName, isTrivia, unquote, type Token, type Tokenize } from 'd1-core/sql';
import type { SchemaObject, Table } from './catalog.ts';

/**
 * How the content of a virtual table is brought back. `rows`: its rows are inserted. `rebuild`: the index is built
 * anew from the table or view that has the content. `none`: it only shows what is elsewhere. `unreadable`: it has an
 * index of what nobody kept, and only its definition can be saved. `orphaned`: so too, because the table that has the
 * content is gone, or has not its columns any more.
 */
export type VirtualContent = 'rows' | 'rebuild' | 'none' | 'unreadable' | 'orphaned';

export interface VirtualTable {
  readonly name: string;
  /** In small letters, such as `fts5`. */
  readonly module: string;
  readonly sql: string;
  readonly content: VirtualContent;
  readonly table: Table;
}

/**
 * `columnsOf` tells the folded columns of a table; undefined where there is none, and empty for a view. Throws D1Error
 * `unknown-module` for a kind of virtual table that this version cannot save.
 */
export function readVirtualTable(
  { name, sql }: SchemaObject,
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
        content: contentOfFts5(tokens.slice(using), table, columnsOf),
        table: { ...table, key: ['rowid'], hiddenRowid: 'rowid' },
      };
    case 'fts5vocab':
      return { name, module, sql, content: 'none', table };
    case 'rtree':
    case 'rtree_i32':
      return {
        name,
        module,
        sql,
        content: 'rows',
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
): VirtualContent {
  const option = tokens.findIndex(
    ({ text }, index) => foldName(text) === 'content' && tokens[index + 1]?.text === '=',
  );
  if (option === -1) return 'rows';
  const source = unquote(tokens[option + 2]?.text ?? '');
  if (source === '') return 'unreadable';
  const found = columnsOf(source);
  const isThere =
    found !== undefined && (found.size === 0 || columns.every((name) => found.has(foldName(name))));
  return isThere ? 'rebuild' : 'orphaned';
}
