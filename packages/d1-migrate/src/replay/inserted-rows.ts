import { columnOf, primaryKeyOf, type Index, type Schema, type Table } from 'd1-core/schema';
import { sameName, type SyntaxNode } from 'd1-core/sql';

/** A row that a migration adds to a table that was there before, known by a key that no other row can have. */
export interface InsertedRow {
  readonly table: string;
  readonly key: readonly { readonly column: string; readonly literal: string }[];
}

export type InsertedRows =
  | { readonly outcome: 'known'; readonly rows: readonly InsertedRow[] }
  /** They may have been there before: with OR IGNORE or WHERE NOT EXISTS nobody knows, so they stay. */
  | { readonly outcome: 'perhaps' }
  /** Nothing tells them from other rows, or they were made from other rows. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** What an INSERT of literal values adds. `conflict`: what it does with rows that break a constraint. */
export function insertedRows(
  statement: SyntaxNode,
  table: Table,
  schema: Schema,
  conflict: string | undefined,
): InsertedRows {
  const upserts = statement.upserts;
  if (conflict === 'REPLACE') return { outcome: 'unknown', why: 'rows that it replaces are gone' };
  if (upserts.some((upsert) => upsert.action === 'UPDATE'))
    return { outcome: 'unknown', why: 'rows that it changes are not kept' };
  const named = statement.columns.map((column) => column.column?.text ?? '');
  const columns =
    named.length > 0
      ? named
      : table.columns.filter(({ generated }) => generated === 'no').map(({ name }) => name);
  const keys = keysOf(table, schema);
  const isKeyGiven = keys.some((key) => key.every((name) => columns.some((one) => sameName(one, name))));
  const source = statement.source;
  const isIgnoring = conflict === 'IGNORE' || upserts.length > 0;
  if (source?.is('ValuesClause') !== true) {
    const isPerhaps =
      (isIgnoring && isKeyGiven && !hasRandom(source)) || isOneRowUnlessThere(source, table.name);
    return isPerhaps
      ? { outcome: 'perhaps' }
      : { outcome: 'unknown', why: 'nothing tells the rows that it adds from other rows' };
  }
  if (isIgnoring && isKeyGiven) return { outcome: 'perhaps' };

  const rows: InsertedRow[] = [];
  for (const row of source.rows) {
    const literals = new Map(
      row.items().map((value, index) => [columns[index]?.toLowerCase() ?? '', literalOf(value)]),
    );
    const key = keys
      .map((key): PartialKey =>
        key.map((column) => ({ column, literal: literals.get(column.toLowerCase()) })),
      )
      .find(isWhole);
    if (key === undefined)
      return { outcome: 'unknown', why: 'a row that it adds has no literal value for a unique key' };
    rows.push({ table: table.name, key });
  }
  return { outcome: 'known', rows };
}

/** `SELECT 1, 'a' WHERE NOT EXISTS (SELECT 1 FROM …)`, of the table itself. */
const isOneRowUnlessThere = (source: SyntaxNode | undefined, table: string): boolean =>
  source?.is('SelectStmt') === true &&
  source.from === undefined &&
  source.where?.all('TableRef').some((read) => sameName(read.tableName?.text ?? '', table)) === true;

/** A key of which nobody knows the value meets no row that is there. */
const hasRandom = (source: SyntaxNode | undefined): boolean =>
  source?.all('FunctionCall').some((call) => /^random(blob)?$/i.test(call.functionName?.text ?? '')) === true;

type PartialKey = readonly { readonly column: string; readonly literal: string | undefined }[];

const isWhole = (key: PartialKey): key is InsertedRow['key'] =>
  key.every(({ literal }) => literal !== undefined && literal !== 'NULL');

/** The primary key first, then what is unique without a condition. */
function keysOf(table: Table, schema: Schema): readonly (readonly string[])[] {
  const primary = primaryKeyOf(table);
  const unique = schema.indexesOf(table.name).filter(isWholeKey);
  return [primary, ...unique.map(({ columns }) => columns.filter((column) => column !== undefined))].filter(
    (key) => key.length > 0 && key.every((column) => columnOf(table, column)?.generated === 'no'),
  );
}

const isWholeKey = ({ unique, partial, columns }: Index): boolean =>
  unique && !partial && columns.every((column) => column !== undefined);

/** The text of a literal, or of a negative number; undefined for an expression. */
function literalOf(value: SyntaxNode): string | undefined {
  if (value.is('Literal')) return value.literalType === 'NULL' ? 'NULL' : value.text;
  const operand = value.is('UnaryExpr') && value.op === 'MINUS' ? value.operand : undefined;
  const text = operand?.is('Literal') === true ? operand.text : undefined;
  return text === undefined ? undefined : `-${text}`;
}

/** `INSERT INTO search(search) VALUES ('rebuild')`: a command to a module, not a row. */
export function isModuleCommand(statement: SyntaxNode, table: Table): boolean {
  const first = statement.columns[0]?.column?.text ?? '';
  return table.storage === 'virtual' && sameName(first, table.name);
}
