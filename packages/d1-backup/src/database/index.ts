export { type Catalog, type SchemaObject, readCatalog } from './catalog.ts';
export { inForeignKeyOrder, type Table } from './table.ts';
export { buildUnchecked, isWithoutParent, loadStatements } from './load-statements.ts';
export { requireLocalFile, sizeOfLocal, withLocalCopy } from './local-copy.ts';
export { type Content, readContent, schemaDigest } from './read-content.ts';
export { makeThrowAwayDatabase, openDump, type ThrowAwayDatabase } from './throw-away-database.ts';
export { planSearches } from './search-index.ts';
export { contentStatements } from './write-sql.ts';
export {
  openStatements,
  type ArchivedDatabase,
  type ArchiveStatements,
  type ExpectedContent,
} from './archived-database.ts';
export {
  checkContent,
  checkSearches,
  findRowsWithoutParent,
  rowWords,
  tablePlace,
  wrongSearch,
} from './check-content.ts';
