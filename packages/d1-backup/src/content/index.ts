export { readCatalog, type Catalog, type SchemaObject, type Table } from './catalog.ts';
export type { TableDigest } from './digest.ts';
export { inForeignKeyOrder } from './table-order.ts';
export { contentStatements } from './write-sql.ts';
export { readContent, type Content } from './read-content.ts';
