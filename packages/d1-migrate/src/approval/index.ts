export { type Pass, writeRecord } from './rehearsal.ts';
export {
  PLAN_VERSION,
  planShape,
  type PlanFile,
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
