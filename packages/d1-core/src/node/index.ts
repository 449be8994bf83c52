export { requireNode } from './require-node.ts';
