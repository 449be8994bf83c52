export { prove, type ProofRequest, type ScriptToProve, type StepFailure, type StepProof } from './prove.ts';
export { findSeeds, type Seeds } from './seed.ts';
export { contentsOf, readContentsStatements, tablesWithRows, type Contents } from './contents.ts';
export { contentsDifference } from './contents-difference.ts';
export { mentionedNames } from './affected.ts';
