export type { RehearsalSource } from './copy/index.ts';
export { describeRehearsal, rehearseDocument } from './describe.ts';
export { passOf, rehearse, type RehearseRequest, type RehearseResult } from './rehearse.ts';
