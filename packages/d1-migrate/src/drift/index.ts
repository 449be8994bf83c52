export { hasDrifted, isComplete, readDrift, readDrifts, type Drift, type EnvironmentDrift } from './drift.ts';
export { expectedSteps, type Expected } from './expected-steps.ts';
export { describeDrifts } from './describe.ts';
export { driftDocument } from './document.ts';
