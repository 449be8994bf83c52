export { describePlan } from './describe.ts';
export { planDocument } from './document.ts';
export { makePlan, type PlanRequest } from './make-plan.ts';
export { planMarkdown } from './markdown.ts';
export type { Plan, PlannedMigration, PlannedState } from './plan.ts';
export { readPlan, type ApprovedPlan } from './read-plan.ts';
export { summaryFile, writePlan } from './write-plan.ts';
