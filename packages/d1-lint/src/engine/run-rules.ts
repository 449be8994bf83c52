import { lineIndex } from 'd1-core/sql';
import { fingerprint, type FileAnalysis } from './analyse-file.ts';
import type { Finding, Fix, Range, Severity } from './finding.ts';
import { STAGES, type LintFile, type Report, type Rule, type RuleContext } from './rule.ts';
import { findSuppressions } from './suppressions.ts';

/** A rule with the severity that the config gives it. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly severity: Severity;
}

export interface FileResult {
  readonly findings: readonly Finding[];
  /** How many findings a comment has silenced. */
  readonly suppressed: number;
}

type Shared = Pick<
  RuleContext,
  'folder' | 'everHad' | 'faultOf' | 'wasTakenBack' | 'tokenize' | 'wranglerSplit' | 'trial' | 'ruleIds'
>;

/** Rules in the order of their stages. */
export const inStages = (rules: readonly ActiveRule[]): readonly ActiveRule[] =>
  STAGES.flatMap((stage) => rules.filter(({ rule }) => (rule.stage ?? 'file') === stage));

/** Runs the rules on one file, in the order in which they are given. */
export function runRules(
  file: LintFile,
  analysis: FileAnalysis,
  rules: readonly ActiveRule[],
  shared: Shared,
): FileResult {
  const lines = lineIndex(file.text);
  const suppressions = findSuppressions(analysis.tokens, analysis.statements);
  const activeRuleIds = rules.map(({ rule }) => rule.id);
  const findings: Finding[] = [];
  const silenced: Finding[] = [];

  const reporter =
    ({ rule, severity }: ActiveRule) =>
    ({ at, message, help, fix }: Report) => {
      const range = { start: at.start, end: Math.max(at.start, at.end) };
      const into = suppressions.silences({ rule: rule.id, range }) ? silenced : findings;
      into.push({
        rule: rule.id,
        severity,
        kind: rule.kind,
        isIgnored: rule.isIgnored === true,
        message,
        help,
        file: file.path,
        range,
        start: lines.positionAt(range.start),
        end: lines.positionAt(range.end),
        fingerprint: fingerprintAt(range, file, analysis),
        fix: fix?.safe === true && losesComment(fix, analysis) ? { ...fix, safe: false } : fix,
      });
    };

  for (const active of rules) {
    active.rule.check({
      ...shared,
      file,
      lines,
      content: analysis.content,
      tokens: analysis.tokens,
      statements: analysis.statements,
      before: analysis.before,
      after: analysis.after,
      suppressions: suppressions.all,
      unknownDirectives: suppressions.unknown,
      activeRuleIds,
      findings,
      silenced,
      report: reporter(active),
    });
  }
  return { findings: sorted(findings), suppressed: silenced.length };
}

/** A comment may be what somebody has to know: it goes only by hand. */
const losesComment = ({ edits }: Fix, { tokens }: FileAnalysis): boolean =>
  edits.some(({ start, end, text }) =>
    tokens.some(
      (token) =>
        token.kind === 'comment' &&
        token.start < end &&
        start < token.end &&
        // An edit inside of a comment changes it, and takes none away.
        !(token.start < start && end <= token.end) &&
        !text.includes(token.text.trimEnd()),
    ),
  );

function fingerprintAt({ start }: Range, { name }: LintFile, { statements }: FileAnalysis): string {
  const statement = statements.find((one) => one.start <= start && start <= one.end);
  return fingerprint(statement?.tokens.map(({ text }) => text) ?? [name]);
}

const sorted = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => a.range.start - b.range.start || (a.rule < b.rule ? -1 : 1));
