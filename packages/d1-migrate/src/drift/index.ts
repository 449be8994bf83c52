export { hasDrifted, isComplete, readDrift, readDrifts, type Drift, type EnvironmentDrift } from './drift.ts';
export { expectedSteps, type Expected } from './expected-steps.ts';
export { isIgnored, readIgnored, type Ignored } from './ignored.ts';
export { describeDrifts } from './describe.ts';
export { driftDocument } from './document.ts';
