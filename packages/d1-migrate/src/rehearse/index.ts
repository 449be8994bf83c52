export type { RehearsalSource } from './copy/index.ts';
export { describeRehearsal } from './describe.ts';
export { rehearseDocument } from './document.ts';
export { rehearse, type RehearseRequest, type RehearseResult } from './rehearse.ts';
export { requireRehearsal, type RehearsalNeed } from './require-rehearsal.ts';
