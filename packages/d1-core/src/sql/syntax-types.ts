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
