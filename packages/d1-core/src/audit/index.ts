export { appendEntry, audited, type AuditedRun, type AuditRecorder } from './recorder.ts';
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
