export { COLUMN_TYPES, type ColumnType } from './columns.ts';
export { headingOf, readName, safeName } from './read-name.ts';
export { migrationHeader, substitutions, type Substitutions, type TemplateRequest } from './substitutions.ts';
export { TEMPLATES, type Subject, type Template } from './templates.ts';
