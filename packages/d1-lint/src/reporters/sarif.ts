import { jsonText, visible } from 'd1-core/report';
import { lineIndex, type LineIndex } from 'd1-core/sql';
import type { Finding, Range } from '../engine/finding.ts';
import type { Rule } from '../engine/rule.ts';
import type { Reporter } from './reporter.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/: for code scanning, with rules and fixes. */
export const sarif: Reporter = ({ findings, texts }, rules) => {
  const indexes = new Map<string, LineIndex>();
  const linesOf = (file: string): LineIndex => {
    const known = indexes.get(file) ?? lineIndex(texts.get(file) ?? '');
    indexes.set(file, known);
    return known;
  };
  return jsonText({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'd1-lint', rules: rules.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => describeFinding(finding, rules, linesOf(finding.file))),
      },
    ],
  });
};

/** In a message `[text](address)` is a link. */
const messageText = (text: string): string =>
  text
    .split('\n')
    .map(visible)
    .join('\n')
    .replaceAll(/\[(?=[^\]]*\]\()/g, String.raw`\[`);

const describeRule = ({ id, summary, why, severity, kind }: Rule) => ({
  id,
  shortDescription: { text: summary },
  fullDescription: { text: why },
  defaultConfiguration: { level: LEVELS[severity] },
  properties: { tags: [kind] },
});

function describeFinding(finding: Finding, rules: readonly Rule[], lines: LineIndex) {
  const { rule, severity, message, help, file, range, fingerprint, fix } = finding;
  const artifactLocation = { uri: file.toWellFormed().split('/').map(encodeURIComponent).join('/') };
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: messageText(`${message}\n${help}`) },
    locations: [{ physicalLocation: { artifactLocation, region: region(range, lines) } }],
    partialFingerprints: { 'statement/v1': fingerprint },
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: fix.title },
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: fix.edits.map((edit) => ({
                    deletedRegion: region(edit, lines),
                    insertedContent: { text: edit.text },
                  })),
                },
              ],
            },
          ],
        }),
  };
}

function region({ start, end }: Range, lines: LineIndex) {
  const from = lines.positionAt(start);
  const to = lines.positionAt(end);
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}
