import { auditDocument, describeAudit, readAuditReport, type AuditReport } from 'd1-core/audit';
import { runCommand, type ExitCode } from 'd1-core/run';
import { resolveTarget } from 'd1-core/target';
import type { AuditExecutorOptions } from './schema.d.ts';

export function runAudit(
  options: AuditExecutorOptions,
  workspaceRoot: string,
): Promise<{ success: boolean }> {
  return runCommand('audit', options, async () => {
    const target = resolveTarget(options, workspaceRoot);
    const report = await readAuditReport(target, { verify: options.verify ?? false });
    return { exitCode: exitCodeOf(report), text: describeAudit(report), document: auditDocument(report) };
  });
}

function exitCodeOf({ verification }: AuditReport): ExitCode {
  if (verification === undefined) return 0;
  if (verification.findings.length > 0) return 1;
  return verification.notCompared === undefined ? 0 : 3;
}
