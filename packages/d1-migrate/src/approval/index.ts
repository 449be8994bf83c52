export { readPass, type Pass } from './pass.ts';
export {
  PLAN_VERSION,
  plannedState,
  type PlannedMigration,
  type PlannedRollback,
  type PlannedState,
} from './planned-state.ts';
export { readPlan, type ApprovedPlan } from './read-plan.ts';
export { writeRecord } from './record.ts';
export { requireUnchanged, requireUsablePlan, schemaWarnings } from './require-plan.ts';
export { requireRehearsed, type Approval } from './require-rehearsal.ts';
