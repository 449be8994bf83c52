export { findCiRun } from './ci-run.ts';
export { findBranch, findChanges, findCommit, findRepository } from './git.ts';
