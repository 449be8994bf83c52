import type { SyntaxNode } from 'd1-core/sql';

/** Whether a statement is PRAGMA foreign_keys, or another switch, with a value, and which. */
export const switchesForeignKeys = (
  tree: SyntaxNode,
  to: 'on' | 'off',
  name: 'foreign_keys' | 'defer_foreign_keys' = 'foreign_keys',
): boolean =>
  tree.is('PragmaStmt') &&
  tree.pragmaName.text.toLowerCase() === name &&
  tree.pragmaForm !== 'BARE' &&
  isOff(tree) === (to === 'off');

const isOff = (tree: SyntaxNode): boolean =>
  ['off', '0', 'false', 'no'].includes(tree.pragmaValue?.text.toLowerCase() ?? '');
