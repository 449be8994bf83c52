export { findBranch, findChanges, findCiRun, findCommit, findRepository } from './git.ts';
