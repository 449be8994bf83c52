export { describePlan } from './describe.ts';
export { planDocument } from './document.ts';
export { makePlan, type PlanRequest } from './make-plan.ts';
export { planMarkdown } from './markdown.ts';
export type { Plan } from './plan.ts';
export { summaryFile, writePlan } from './write-plan.ts';
