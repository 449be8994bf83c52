export { appendEntry, audited, type AuditedRun, type AuditRecorder } from './recorder.ts';
export {
  readAuditReport,
  type AuditReport,
  type Verification,
  auditDocument,
  describeAudit,
  describeOrigin,
  describeReason,
  paintAuditOutcome,
} from './report.ts';
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
