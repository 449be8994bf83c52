export type { RehearsalSource } from './copy/index.ts';
export { describeRehearsal } from './describe.ts';
export { rehearseDocument } from './document.ts';
export { requirePass, readPass, type Pass } from './pass.ts';
export { passOf, rehearse, type RehearseRequest, type RehearseResult } from './rehearse.ts';
export { requireRehearsal, type RehearsalNeed } from './require-rehearsal.ts';
