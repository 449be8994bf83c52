import { xmlText } from 'd1-core/report';
import type { Finding } from '../engine/finding.ts';
import type { LintReport } from '../run/index.ts';
import type { Reporter } from './reporter.ts';

/** JUnit's XML: a suite a file, a failed case a finding; a file without findings is one case that passes. */
export const junit: Reporter = (report) => {
  const { findings, texts } = report;
  const passed = [...texts.keys()].filter((path) => findings.every(({ file }) => file !== path));
  const suites = [...report.texts.keys()].map((file) => suiteOf(file, report));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="d1-lint" tests="${findings.length + passed.length}" failures="${findings.length}">`,
    ...suites,
    '</testsuites>',
  ].join('\n');
};

function suiteOf(file: string, { findings }: LintReport): string {
  const own = findings.filter((finding) => finding.file === file);
  const cases =
    own.length === 0 ? [`    <testcase name="${xmlText(file)}" classname="d1-lint"/>`] : own.map(caseOf);
  return [
    `  <testsuite name="${xmlText(file)}" tests="${cases.length}" failures="${own.length}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

const caseOf = ({ rule, severity, message, help, file, start }: Finding): string =>
  [
    `    <testcase name="${xmlText(rule)}" classname="${xmlText(file)}" file="${xmlText(file)}" line="${start.line}">`,
    `      <failure type="${severity}" message="${xmlText(message)}">${xmlText(`${file}:${start.line}:${start.column}\n${help}`)}</failure>`,
    '    </testcase>',
  ].join('\n');
