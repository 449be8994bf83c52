import { auditDocument, describeAudit, readAuditReport, type AuditReport } from '../../audit/index.ts';
import { runCommand, type ExitCode } from '../../run/index.ts';
import { resolveTarget } from '../../target/index.ts';
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
