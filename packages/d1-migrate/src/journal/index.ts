export { auditDocument, describeAudit, readAuditReport } from './audit.ts';
export { type DatabaseHistory, describeHistory, historyDocument, readHistory } from './journal.ts';
