export { executor } from './executor.ts';
