export { writeSchemaDocs, type SchemaDocsRequest, type SchemaDocsResult } from './schema-docs.ts';
export { describeSchemaDocs, schemaDocsDocument } from './describe.ts';
