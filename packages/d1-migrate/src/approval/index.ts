export { readPass, type Pass, writeRecord } from './rehearsal.ts';
export {
  PLAN_VERSION,
  plannedState,
  type PlannedMigration,
  type PlannedRollback,
  type PlannedState,
  readPlan,
  type ApprovedPlan,
} from './plan.ts';
export {
  requireUnchanged,
  requireUsablePlan,
  schemaWarnings,
  requireRehearsed,
  type Approval,
} from './require.ts';
