export { appendEntry } from './append.ts';
export { readAuditReport, type AuditReport, type Verification } from './audit.ts';
export {
  auditDocument,
  describeAudit,
  describeOrigin,
  describeReason,
  paintAuditOutcome,
} from './describe.ts';
export { hashOf, type AuditEntry, type AuditEvent, type AuditOutcome, type SealedEntry } from './entry.ts';
export { readAudit, type AuditLine } from './read-audit.ts';
export { audited, type AuditedRun, type AuditRecorder } from './recorder.ts';
export { missingRuns, verifyChain, type AuditFinding } from './verify.ts';
