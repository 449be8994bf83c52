export { restoreToShadow } from './check-database.ts';
export { checkHashes, checkStructure } from './check-entries.ts';
export { describeVerification, verificationDocument } from './describe.ts';
export { verify } from './verify.ts';
