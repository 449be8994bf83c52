export type { RehearsalSource } from './copy/index.ts';
export { describeRehearsal } from './describe.ts';
export { rehearseDocument } from './document.ts';
export { passOf, rehearse, type RehearseRequest, type RehearseResult } from './rehearse.ts';
