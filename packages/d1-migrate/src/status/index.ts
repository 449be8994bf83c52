export { listAllMigrations, listTargetMigrations } from './migration-files.ts';
export { isConsistent, type ChecksumsOf, type MigrationState, type MigrationStatus } from './compare.ts';
export { readMatrix, type EnvironmentStatus, type StatusMatrix } from './matrix.ts';
export { matrixDocument, statusDocument } from './document.ts';
export { describeMatrix, describeStatus } from './describe.ts';
export { pendingFiles, readStatus, readSurvey, survey, type DatabaseStatus, type Survey } from './status.ts';
export { surveySchema } from './survey-schema.ts';
