export { isAlive } from './is-alive.ts';
export { requireNode } from './require-node.ts';
