import type { Schema, Table } from 'd1-core/schema';
import type { Name, SyntaxNode } from 'd1-core/sql';
import type { LintStatement } from '../engine/rule.ts';
import { writtenTable } from './statement-parts.ts';

/** One column of an INSERT … SELECT, with what is written to it. */
export interface CopiedColumn {
  readonly target: string;
  /** In the column list of the INSERT; undefined where it has none. */
  readonly targetAt: Name | undefined;
  readonly expression: SyntaxNode;
  /** What is written, where that is a column as it is. */
  readonly source: Name | undefined;
}

/** The SELECT of an INSERT that takes its rows from one; compound SELECTs and VALUES are none. */
export function copySelect({ tree }: Pick<LintStatement, 'tree'>): SyntaxNode | undefined {
  const source = tree?.is('InsertStmt') === true ? tree.source : undefined;
  return source?.is('SelectStmt') === true && source.from !== undefined ? source : undefined;
}

/** Which column gets what; empty where the SELECT has a star, or another number of columns. */
export function copiedColumns(statement: LintStatement): readonly CopiedColumn[] {
  const items = copySelect(statement)?.columns ?? [];
  const targets = targetColumns(statement);
  if (items.length !== targets.length || items.some(isStar)) return [];
  return items.flatMap((item, index) => {
    const expression = item.expr;
    const target = targets[index];
    if (expression === undefined || target === undefined) return [];
    const source = expression.is('ColumnRef') ? expression.column : undefined;
    return { ...target, expression, source };
  });
}

export const isStar = (item: SyntaxNode): boolean => item.hasFlag('STAR');

/** The columns that an INSERT writes, in its order. */
export function targetColumns(
  statement: LintStatement,
): readonly { readonly target: string; readonly targetAt: Name | undefined }[] {
  const { tree, before } = statement;
  const written = tree?.columns ?? [];
  if (written.length > 0) {
    return written
      .map((column) => column.column)
      .filter((name) => name !== undefined)
      .map((name) => ({ target: name.text, targetAt: name }));
  }
  const table = before.table(writtenTable(statement)?.text ?? '');
  return writableColumns(table).map((target) => ({ target, targetAt: undefined }));
}

/** The columns that an INSERT without a list of columns fills, in order. */
export const writableColumns = (table: Table | undefined): readonly string[] =>
  (table?.columns ?? []).filter(({ generated }) => generated === 'no').map(({ name }) => name);

/** The only table that a SELECT reads; undefined where it reads several, a view, or something that it makes itself. */
export function onlySource(select: SyntaxNode, statement: LintStatement, schema: Schema): Table | undefined {
  const from = select.from;
  if (from?.is('TableRef') !== true || statement.tree?.ctes !== undefined) return undefined;
  return schema.table(from.tableName.text);
}
