import { codeFrame, plural, style, terminalText } from 'd1-core/report';
import type { Finding, Kind, Severity } from '../engine/finding.ts';
import type { LintReport } from '../run/index.ts';
import type { Reporter } from './reporter.ts';

/** For people: each finding with its place, its reason and what to do, then the sum, and what was not looked at. */
export const prettyLines = (report: LintReport): readonly string[] => [
  ...report.findings.flatMap((finding) => describe(finding, report)),
  ...summary(report),
];

/** The same without colors. */
export const pretty: Reporter = (report) => terminalText(prettyLines(report)).trimEnd();

const SIGNS: Readonly<Record<Severity, string>> = {
  error: style.bad('✖ error'),
  warning: style.warn('▲ warning'),
  info: style.dim('● info'),
};

const KINDS: Readonly<Record<Kind, string>> = {
  engine: 'rejected by D1',
  data: 'data at risk',
  policy: 'project policy',
};

function describe(finding: Finding, { texts }: LintReport): readonly string[] {
  const { file, start, severity, rule, kind, isIgnored, message, help, fix } = finding;
  return [
    `${style.link(`${file}:${start.line}:${start.column}`)}  ${SIGNS[severity]}  ${rule}  ${style.dim(`(${isIgnored ? 'ignored by D1' : KINDS[kind]})`)}`,
    '',
    style.bold(message),
    '',
    ...codeFrame(texts.get(file) ?? '', start),
    '',
    ...indent(help),
    ...(fix?.safe === true ? [`  ${style.dim(`"--fix" does it: ${fix.title}.`)}`] : []),
    '',
  ];
}

const indent = (text: string): readonly string[] => text.split('\n').map((line) => `  ${line}`.trimEnd());

function summary(report: LintReport): readonly string[] {
  const { findings, files, fixed, suppressed, accepted, skippedFiles, notAnalysed, staleAccepted, untried } =
    report;
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const fixable = findings.filter(({ fix }) => fix?.safe === true).length;
  const looked = `in ${plural(files, 'migration')}`;
  const total =
    findings.length === 0
      ? style.good(`No findings ${looked}.`)
      : `${[
          plural(count('error'), 'error'),
          plural(count('warning'), 'warning'),
          ...(count('info') === 0 ? [] : [`${count('info')} info`]),
        ].join(', ')} ${looked}.`;
  const notes = [
    fixed > 0 ? `${plural(fixed, 'finding')} fixed.` : '',
    fixable > 0 ? `${plural(fixable, 'finding')} can be fixed with --fix.` : '',
    suppressed > 0 ? `${plural(suppressed, 'finding')} silenced by comments.` : '',
    accepted > 0 ? `${plural(accepted, 'finding')} accepted before.` : '',
    staleAccepted.length > 0
      ? `${plural(staleAccepted.length, 'accepted finding')} no longer found; --writeAccepted removes ${staleAccepted.length === 1 ? 'it' : 'them'}.`
      : '',
    skippedFiles > 0 ? `${plural(skippedFiles, 'migration')} replayed, but not reported on.` : '',
    notAnalysed > 0 ? `${plural(notAnalysed, 'statement')} not analysed.` : '',
  ].filter((note) => note !== '');
  const gaps = untried.map(({ file, table, reason }) =>
    table === undefined
      ? `${file} was not run on tables with rows: ${reason}.`
      : `${file} was run on an empty ${table}: ${reason}.`,
  );
  return [total, ...[...notes, ...gaps].map((note) => style.dim(note))];
}
