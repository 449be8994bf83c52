export { fileBeside } from './file-beside.ts';
export { isAlive } from './is-alive.ts';
export { requireNode } from './require-node.ts';
