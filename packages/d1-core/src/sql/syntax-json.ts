import { isObject } from '../errors/index.ts';
import { sameName } from './quote.ts';
import { isTrivia, markedToken, type Token } from './tokens.ts';

/** What the parser was given. */
export interface SyntaxSource {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly start: number;
  readonly end: number;
}

/** A node as syntaqlite writes it. */
export type Json = Readonly<Record<string, unknown>>;

/** Words of the grammar may be names too, and carry no mark then: `CREATE TABLE t (key TEXT)`. */
export function onlyToken(text: string, tokens: readonly Token[]): Token | undefined {
  const [first, second] = tokens.filter((token) => !isTrivia(token) && sameName(token.text, text));
  return second === undefined ? first : undefined;
}

export function span(json: Json, { tokens, start, end }: SyntaxSource): { start: number; end: number } {
  const found: Token[] = [];
  for (const text of texts(json)) {
    const token = markedToken(text, tokens);
    if (token !== undefined) found.push(token);
  }
  const starts = found.map((token) => token.start);
  const ends = found.map((token) => token.end);
  return found.length === 0
    ? { start, end }
    : { start: starts.reduce((a, b) => Math.min(a, b)), end: ends.reduce((a, b) => Math.max(a, b)) };
}

/** Depth first, without recursion: a chain of operators may be some thousand nodes deep. */
export function* descendants(root: Json): Generator<Json, void> {
  const open: Json[] = childrenOf(root).reverse();
  for (let json = open.pop(); json !== undefined; json = open.pop()) {
    yield json;
    open.push(...childrenOf(json).reverse());
  }
}

export function childrenOf(json: Json): Json[] {
  return Object.values(json).flatMap((value) =>
    Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : [],
  );
}

function* texts(root: Json): Generator<string, void> {
  yield* Object.values(root).filter((value) => typeof value === 'string');
  for (const json of descendants(root))
    yield* Object.values(json).filter((value) => typeof value === 'string');
}

/** What the grammar demands of a node, by its type. */
export const ALWAYS = {
  AggregateFunctionCall: ['functionName'],
  AlterTableStmt: ['op', 'target'],
  BinaryExpr: ['op', 'left', 'right'],
  ColumnDef: ['columnName'],
  ColumnRef: ['column'],
  CompoundSelect: ['op', 'left', 'right'],
  CreateIndexStmt: ['indexName', 'tableName'],
  CreateTableStmt: ['tableName'],
  CreateTriggerStmt: ['triggerName', 'table'],
  CreateViewStmt: ['viewName', 'select'],
  CreateVirtualTableStmt: ['tableName', 'moduleName'],
  CteDefinition: ['cteName', 'select'],
  DeleteStmt: ['table'],
  DropStmt: ['target', 'objectType'],
  ForeignKeyClause: ['refTable'],
  FunctionCall: ['functionName'],
  InsertStmt: ['table'],
  JoinClause: ['left', 'right'],
  PragmaStmt: ['pragmaName'],
  QualifiedName: ['objectName'],
  TableRef: ['tableName'],
  UpdateStmt: ['table'],
} as const;

type Demands = typeof ALWAYS;

export type Always = { readonly [Type in keyof Demands]: Demands[Type][number] };

/** The types of the parts that always have the same one. */
export interface PartTypes {
  readonly AlterTableStmt: { readonly target: 'QualifiedName' };
  readonly CreateTriggerStmt: { readonly table: 'QualifiedName' };
  readonly DeleteStmt: { readonly table: 'TableRef' };
  readonly DropStmt: { readonly target: 'QualifiedName' };
  readonly InsertStmt: { readonly table: 'TableRef' };
  readonly UpdateStmt: { readonly table: 'TableRef' };
}
