export { prove, type ProofRequest, type ScriptToProve, type StepFailure, type StepProof } from './prove.ts';
export { compareContents, contentsOf, lossesIn, readContentsStatements } from './contents.ts';
