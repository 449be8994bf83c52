export { prove, type ProofRequest, type ScriptToProve, type StepFailure, type StepProof } from './prove.ts';
export { contentsDifference } from './contents-difference.ts';
export { mentionedNames } from './affected.ts';
export { contentsOf, readContentsStatements } from './contents.ts';
