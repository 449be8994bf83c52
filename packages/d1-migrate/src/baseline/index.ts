export { baseline, type BaselinePlan, type BaselineRequest, type BaselineResult } from './baseline.ts';
export { describeBaseline, describeBaselinePlan } from './describe.ts';
export { baselineDocument } from './document.ts';
