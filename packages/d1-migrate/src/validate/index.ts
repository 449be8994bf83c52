export { findBrokenObjects } from './check-objects.ts';
export { validate, type ValidateRequest, type ValidateResult, type ValidatedMigration } from './validate.ts';
export type { Problem } from './problem.ts';
export { describeValidation } from './describe.ts';
export { validateDocument } from './document.ts';
export { schemaText } from './schema-text.ts';
