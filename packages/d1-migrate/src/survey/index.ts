export { blockedError, findBlockers } from './blockers.ts';
export { isConsistent, type ChecksumsOf, type MigrationState, type MigrationStatus } from './compare.ts';
export { IGNORE_FILE, ignoredShape, isIgnored, readIgnored, type Ignored } from './ignored.ts';
export {
  listAllMigrations,
  listTargetMigrations,
  pendingFiles,
  readStatus,
  readSurvey,
  survey,
  surveySchema,
  type DatabaseStatus,
  type Survey,
  changedMeanwhile,
  rememberFiles,
  describeBookmark,
  restoreCommand,
  takeBookmark,
} from './survey.ts';
