export { appendEntry } from './append.ts';
export { readAuditReport, type AuditReport, type Verification } from './audit.ts';
export {
  auditDocument,
  describeAudit,
  describeOrigin,
  describeReason,
  paintAuditOutcome,
} from './describe.ts';
export {
  type AuditEntry,
  type AuditEvent,
  type AuditFinding,
  type AuditLine,
  type AuditOutcome,
  hashOf,
  missingRuns,
  readAudit,
  type SealedEntry,
  verifyChain,
} from './read-audit.ts';
export { audited, type AuditedRun, type AuditRecorder } from './recorder.ts';
