import type { Table } from 'd1-core/schema';
import type { Name, SyntaxNode } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { withoutParens } from './constant.ts';
import { followTables } from './follow-tables.ts';
import { alteredTable, wordAfter } from './statement-parts.ts';

/** ALTER TABLE … ADD COLUMN. */
export interface AddedColumn {
  readonly statement: LintStatement;
  /** As the statement names it. */
  readonly tableName: Name;
  /** As it was before the file; undefined for a table that the file creates, which has no rows yet. */
  readonly existing: Table | undefined;
  readonly name: Name;
  /** As declared; empty where nothing is. */
  readonly type: string;
  readonly notNull: boolean;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  readonly reference: SyntaxNode | undefined;
  readonly checks: readonly SyntaxNode[];
  readonly generated: 'no' | 'virtual' | 'stored';
  /** Undefined also for DEFAULT NULL, which SQLite takes for none. */
  readonly defaultExpression: SyntaxNode | undefined;
  readonly hasDefaultClause: boolean;
  readonly isCollated: boolean;
}

export function addedColumns(context: Pick<RuleContext, 'statements' | 'before'>): readonly AddedColumn[] {
  return context.statements.flatMap((statement) => {
    const tableName = alteredTable(statement, 'ADD_COLUMN');
    const column = statement.tree?.columnDef;
    const name = column?.columnName;
    if (tableName === undefined || column === undefined || name === undefined) return [];
    const constraints = column.constraints;
    const find = (kind: string) => constraints.find((one) => one.kind === kind);
    const generated = find('GENERATED')?.generatedStorage;
    const value = constraints.findLast((one) => one.kind === 'DEFAULT')?.defaultExpr;
    return {
      statement,
      tableName,
      existing: followTables(context).at(statement, tableName.text)?.existing,
      name,
      type: column.typeName ?? '',
      notNull: find('NOT_NULL') !== undefined,
      unique: find('UNIQUE') !== undefined,
      primaryKey: find('PRIMARY_KEY') !== undefined,
      reference: find('REFERENCES')?.reference,
      checks: constraints.map((one) => one.check).filter((one) => one !== undefined),
      generated: generated === undefined ? 'no' : generated === 'STORED' ? 'stored' : 'virtual',
      defaultExpression:
        value === undefined || withoutParens(value).literalType === 'NULL' ? undefined : value,
      isCollated: find('COLLATE') !== undefined,
      hasDefaultClause: value !== undefined,
    };
  });
}

/** The text after DEFAULT, with its parentheses. */
export function defaultText({ statement, name }: AddedColumn): string {
  const { tokens, text, start } = statement;
  const word = wordAfter(statement, 'DEFAULT', name.end);
  const from = tokens.findIndex((token) => token === word) + 1;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (index < from) continue;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    const isSign = token.text === '-' || token.text === '+';
    if (depth === 0 && !isSign) return text.slice((tokens[from]?.start ?? start) - start, token.end - start);
  }
  return '';
}
