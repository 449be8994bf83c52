export { describeReset, resetDocument } from './describe.ts';
export { reset, type ResetRequest, type ResetResult } from './reset.ts';
