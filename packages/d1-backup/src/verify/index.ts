export { restoreToShadow, type RestoredDatabase } from './check-database.ts';
export { describeVerification, verificationDocument } from './describe.ts';
export type { WorkspaceMigrations } from './check-migrations.ts';
export { isOrphan, type Problem, type ProblemCode } from './problem.ts';
export { verify, type Verification, type VerifyLevel, type VerifyRequest } from './verify.ts';
