export {
  describeSchemaDocs,
  schemaDocsDocument,
  type SchemaDocsRequest,
  type SchemaDocsResult,
  writeSchemaDocs,
} from './schema-docs.ts';
