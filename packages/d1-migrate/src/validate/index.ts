export { findBrokenObjects } from './check-objects.ts';
export {
  schemaText,
  validate,
  type ValidatedMigration,
  type ValidateRequest,
  type ValidateResult,
} from './validate.ts';
export type { Problem } from './problems.ts';
export { describeValidation, validateDocument } from './describe.ts';
