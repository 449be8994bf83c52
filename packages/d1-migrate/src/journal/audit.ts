import { relative } from 'node:path';
import { isD1Error } from 'd1-core/errors';
import { readDatabaseState } from 'd1-core/records';
import { plural, style } from 'd1-core/report';
import { retryRead } from 'd1-core/run';
import { describeTarget, targetDocument, checkTargetStamp, openTarget, type Target } from 'd1-core/target';
import {
  type AuditLine,
  type AuditOutcome,
  type SealedEntry,
  type AuditFinding,
  missingRuns,
  readAudit,
  verifyChain,
} from 'd1-core/audit';

/** An audit file as lines for people, the oldest first. */
export function describeAudit({ target, file, lines, verification }: AuditReport): readonly string[] {
  return [
    describeTarget(target),
    '',
    ...lines.flatMap(describeLine),
    ...(lines.length === 0 ? [] : ['']),
    `${plural(lines.length, 'line')} in ${relative(process.cwd(), file) || file}.`,
    ...describeVerification(verification, lines),
  ];
}

function describeLine({ line, entry }: AuditLine): readonly string[] {
  if (entry === undefined) return [style.bad(`line ${line} cannot be read`)];
  const { time, action, outcome, error, bookmark, plan } = entry;
  return [
    `${style.bold(time)}  ${action} ${paintAuditOutcome(outcome)} by ${describeOrigin(entry)}`,
    ...describeReason(error),
    ...(outcome === 'started' && bookmark !== null ? [`  bookmark before it: ${bookmark}`] : []),
    ...(outcome === 'started' && plan !== null ? [`  plan: ${plan}`] : []),
    ...entry.migrations.map(({ name, outcome: end }) => `  ${name}  ${end}`),
  ];
}

export const describeReason = (error: SealedEntry['error']): readonly string[] =>
  error === null ? [] : [`  ${error.message} (${error.code})`];

/** Who it was, and from where. */
export function describeOrigin({ actor, host, commit, branch, ciRun }: SealedEntry): string {
  return [
    `${actor ?? 'somebody'} on ${host}`,
    ...(commit === null ? [] : [`commit ${commit.slice(0, 10)}${branch === null ? '' : ` of ${branch}`}`]),
    ...(ciRun === null ? [] : [ciRun]),
  ].join(', ');
}

export function paintAuditOutcome(outcome: AuditOutcome): string {
  switch (outcome) {
    case 'done':
      return style.good(outcome);
    case 'started':
      return style.dim(outcome);
    default:
      return style.bad(outcome);
  }
}

function describeVerification(
  { findings, notCompared }: Verification,
  lines: readonly AuditLine[],
): readonly string[] {
  const problems = findings.map(
    ({ line, message }) => `${style.bad('✖')} ${line === undefined ? '' : `line ${line}: `}${message}`,
  );
  const whole =
    lines.length === 0
      ? 'There is nothing to verify.'
      : 'Every line is as it was written, and none is missing.';
  return [
    ...problems,
    ...(problems.length === 0 ? [style.good(whole)] : []),
    notCompared === undefined
      ? style.dim(
          'Compared with the journal of the database. Not checked: whether a longer file was there before.',
        )
      : style.warn(
          `Not compared with the journal of the database, so lines may be missing at the end: ${notCompared}`,
        ),
  ];
}

/** An audit file as the JSON report carries it. */
export function auditDocument({ target, file, lines, verification }: AuditReport): object {
  return {
    ...targetDocument(target),
    file,
    lines: lines.map(({ line, text, entry }) => ({ line, ...(entry ?? { text }) })),
    verified: verification.findings.length === 0,
    compared: verification.notCompared === undefined,
    findings: verification.findings,
  };
}

export interface AuditReport {
  readonly target: Target;
  readonly file: string;
  readonly lines: readonly AuditLine[];
  readonly verification: Verification;
}

export interface Verification {
  readonly findings: readonly AuditFinding[];
  /** Why the file could not be compared with the journal; undefined when it was. */
  readonly notCompared: string | undefined;
}

/** Reads the audit file of an environment, and verifies it against the journal of the database. Writes nothing. */
export async function readAuditReport(target: Target): Promise<AuditReport> {
  const file = target.protection.auditFile;
  const lines = await readAudit(file);
  return { target, file, lines, verification: await verifyLines(target, lines) };
}

async function verifyLines(target: Target, lines: readonly AuditLine[]): Promise<Verification> {
  const chain = verifyChain(lines);
  const d1 = openTarget(target);
  try {
    const { migrationsTable } = target.database;
    const { journal, stamp } = await retryRead(() => readDatabaseState(d1, migrationsTable));
    checkTargetStamp(target, stamp);
    return { findings: [...chain, ...missingRuns(lines, journal)], notCompared: undefined };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return { findings: chain, notCompared: error.message };
  } finally {
    await d1.close();
  }
}
