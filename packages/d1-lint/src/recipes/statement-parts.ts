import type { Name, SyntaxNode, Token } from 'd1-core/sql';
import { applyEdits } from '../engine/edits.ts';
import type { Edit } from '../engine/finding.ts';
import type { LintStatement } from '../engine/rule.ts';

type WithTree = Pick<LintStatement, 'tree'>;

export const createdTable = ({ tree }: WithTree): Name | undefined =>
  tree?.is('CreateTableStmt') === true ? tree.tableName : undefined;

export const droppedTable = ({ tree }: WithTree): Name | undefined =>
  tree?.is('DropStmt') === true && tree.objectType === 'TABLE' ? tree.target.objectName : undefined;

/** The table that an ALTER TABLE names. */
export const alteredTable = (
  { tree }: WithTree,
  operation: 'ADD_COLUMN' | 'DROP_COLUMN' | 'RENAME_COLUMN' | 'RENAME_TABLE',
): Name | undefined => (tree?.op === operation ? tree.target?.objectName : undefined);

export function renamedTable(statement: WithTree): { readonly from: Name; readonly to: Name } | undefined {
  const from = alteredTable(statement, 'RENAME_TABLE');
  const to = statement.tree?.newName;
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The table whose rows a statement writes, itself, not in a trigger. */
export const writtenTable = ({ tree }: WithTree): Name | undefined =>
  tree?.is('InsertStmt') === true || tree?.is('UpdateStmt') === true || tree?.is('DeleteStmt') === true
    ? tree.table.tableName
    : undefined;

/** The tables from which an INSERT or a CREATE TABLE … AS takes its rows. */
export function sourceTables({ tree }: WithTree): readonly SyntaxNode[] {
  if (tree === undefined) return [];
  if (tree.is('CreateTableStmt')) return tree.asSelect?.all('TableRef') ?? [];
  if (!tree.is('InsertStmt')) return [];
  return [tree.source, tree.ctes].flatMap((part) => part?.all('TableRef') ?? []);
}

/** The first token of that text outside of parentheses, behind an offset. Names in quotes are not meant. */
export function wordAfter(
  { tokens }: Pick<LintStatement, 'tokens'>,
  word: string,
  offset: number,
): Token | undefined {
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.start >= offset && token.text.toUpperCase() === word) return token;
  }
  return undefined;
}

/** The text of a statement with edits, whose offsets count in the file. */
export const withReplacements = (
  { text, start }: Pick<LintStatement, 'text' | 'start'>,
  edits: readonly Edit[],
): string =>
  applyEdits(
    text,
    edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })),
  );
