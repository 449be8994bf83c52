import { createHash } from 'node:crypto';
import { jsonText, visible } from 'd1-core/report';
import type { Finding } from '../engine/finding.ts';
import type { Reporter } from './reporter.ts';

const SEVERITIES = { error: 'critical', warning: 'major', info: 'info' } as const;

/** GitLab's Code Quality report, https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. */
export const gitlab: Reporter = ({ findings }) => {
  const seen = new Map<string, number>();
  const issues = findings.map((finding) => {
    const key = `${finding.rule}\n${finding.file}\n${finding.fingerprint}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return issueOf(finding, `${key}\n${count}`);
  });
  return jsonText(issues);
};

/** Without the line, so that an issue stays the same when the file grows above it. */
const issueOf = ({ rule, severity, message, file, start, end }: Finding, key: string) => ({
  description: visible(message),
  check_name: rule,
  fingerprint: createHash('sha256').update(key).digest('hex'),
  severity: SEVERITIES[severity],
  location: { path: file, lines: { begin: start.line, end: end.line } },
});
