export { baseline, type BaselinePlan, type BaselineRequest, type BaselineResult } from './baseline.ts';
export { baselineDocument, describeBaseline, describeBaselinePlan } from './describe-baseline.ts';
export { describeInspection, inspectFolder, type Inspection } from './inspect.ts';
export { planRenumbering, type Kept, type Rename, type RenumberingPlan } from './plan-renumbering.ts';
export { schemaScript, verifyScript } from './script.ts';
