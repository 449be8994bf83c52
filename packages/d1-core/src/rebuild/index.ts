export { closureRebuild, type ClosureRebuild, hasRowNumber, restoreSequence } from './closure-rebuild.ts';
export {
  type ColumnClause,
  type ColumnClauseKind,
  type ColumnDefinition,
  parseColumnDefinition,
  parseTableDefinition,
  partOfColumn,
  printColumnDefinition,
  printTableDefinition,
  renameTableDefinition,
  type TableDefinition,
  type TablePart,
} from './table-definition.ts';
