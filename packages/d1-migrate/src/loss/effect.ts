import type { SyntaxNode } from 'd1-core/sql';

/** What a statement does to tables and their rows, itself: not by foreign keys, and not by triggers. */
export type Effect =
  | { readonly kind: 'creates'; readonly table: string }
  | { readonly kind: 'drops'; readonly table: string }
  | { readonly kind: 'renames'; readonly table: string; readonly to: string }
  /** Its columns are changed, or its triggers. */
  | { readonly kind: 'alters'; readonly table: string }
  | { readonly kind: 'writes'; readonly table: string }
  /** Rows may go: DELETE, and what replaces rows that are in the way. */
  | { readonly kind: 'deletes'; readonly table: string }
  | { readonly kind: 'none' }
  /** The parser did not take it. */
  | { readonly kind: 'unknown' };

/** Reads the effect of a statement from its syntax tree. */
export function effectOf(tree: SyntaxNode | undefined): Effect {
  if (tree === undefined) return { kind: 'unknown' };
  switch (tree.type) {
    case 'CreateTableStmt':
    case 'CreateVirtualTableStmt':
      return on('creates', tree.name('table_name')?.text);
    case 'DropStmt':
      return tree.word('object_type') === 'TABLE' ? on('drops', targetOf(tree)) : { kind: 'none' };
    case 'AlterTableStmt':
      return alteration(tree);
    case 'DeleteStmt':
      return on('deletes', writtenTable(tree));
    case 'InsertStmt':
    case 'UpdateStmt':
      return on(tree.word('conflict_action') === 'REPLACE' ? 'deletes' : 'writes', writtenTable(tree));
    default:
      return { kind: 'none' };
  }
}

function alteration(tree: SyntaxNode): Effect {
  const to = tree.name('new_name')?.text;
  const table = targetOf(tree);
  if (tree.word('op') !== 'RENAME_TABLE' || to === undefined || table === undefined)
    return on('alters', table);
  return { kind: 'renames', table, to };
}

const on = (
  kind: 'creates' | 'drops' | 'alters' | 'writes' | 'deletes',
  table: string | undefined,
): Effect => (table === undefined ? { kind: 'unknown' } : { kind, table });

const targetOf = (tree: SyntaxNode): string | undefined => tree.child('target')?.name('object_name')?.text;

const writtenTable = (tree: SyntaxNode): string | undefined => tree.child('table')?.name('table_name')?.text;

/** Whether a statement may make rows go; of one that nobody understands, it is not known. */
export const isDestructive = ({ kind }: Effect): boolean =>
  kind === 'drops' || kind === 'deletes' || kind === 'unknown';
