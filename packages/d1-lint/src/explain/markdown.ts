import { isInPreset } from '../config/index.ts';
import { markdownBlock, markdownText } from 'd1-core/report';
import type { Rule } from '../engine/rule.ts';
import { fixingOf, KINDS, rulePage, SEVERITIES, type Block } from './rule-page.ts';

/** All pages of the docs by path below `docs/rules`: one for each rule, and the table of the rules. */
export async function ruleDocs(rules: readonly Rule[]): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([['README.md', await overview(rules)]]);
  for (const rule of rules) pages.set(`${rule.id}.md`, markdown(await rulePage(rule)));
  return pages;
}

const NOTE = '<!-- Written by "npm run docs" from the rule objects. Edits here are lost. -->';

const markdown = (blocks: readonly Block[]): string => `${[NOTE, ...blocks.map(block)].join('\n\n')}\n`;

function block(one: Block): string {
  switch (one.kind) {
    case 'title':
      return `# ${one.text}`;
    case 'heading':
      return `## ${one.text}`;
    case 'text':
      return one.text.split('\n').map(markdownText).join('\n');
    case 'list':
      return one.items.map((item) => `- ${markdownText(item)}`).join('\n');
    case 'code':
      return markdownBlock(one.language, one.text.split('\n')).join('\n');
  }
}

const GROUPS: Readonly<Record<string, string>> = {
  compat: 'What D1 refuses or ignores, and what wrangler cuts or sends in another way than it is written',
  data: 'What loses or alters rows',
  safety: 'What works on an empty database, and fails on one with rows or breaks the Worker that is running',
  fk: 'Foreign keys',
  schema: 'Tables, columns and indexes',
  dml: 'Statements that read and write rows',
  history: 'The folder: names, numbers, order',
  meta: 'The linting itself',
};

async function overview(rules: readonly Rule[]): Promise<string> {
  const groups = Map.groupBy(rules, ({ id }) => id.split('/', 1)[0] ?? '');
  const sections: string[] = [];
  for (const [group, own] of groups) {
    const rows: string[] = [];
    for (const rule of own) rows.push(await row(rule));
    sections.push(
      `## ${group}\n\n${GROUPS[group] ?? ''}.\n\n| Rule | Severity | Kind | Fix | What it finds |\n| - | - | - | - | - |\n${rows.join('\n')}`,
    );
  }
  return `${[
    NOTE,
    '# Rules',
    `${rules.length} rules. \`d1-lint explain <rule>\` prints the page of one.`,
    `Severity: ${definitions(SEVERITIES)}. Severities can be set in the config.`,
    `Kind: ${definitions(KINDS)}.`,
    'Fix: **safe** is applied by `--fix`, **safe in the last file** only where no other migration comes after it, a **suggestion** by you. Rules marked "strict" are off in the preset `recommended`.',
    '## Switch a rule off',
    'For one statement, with a comment above it; for a file, anywhere in it. The reason is required:',
    markdownBlock('sql', [
      '-- d1-lint-disable-next-statement data/drop-table: the table was never used',
      '-- d1-lint-disable-file schema/no-autoincrement: made by a generator',
    ]).join('\n'),
    'Everywhere, or a whole group, in `d1-lint.config.json`:',
    markdownBlock('json', ['{ "rules": { "data/drop-table": "off", "history/*": "off" } }']).join('\n'),
    ...sections,
  ].join('\n\n')}\n`;
}

async function row(rule: Rule): Promise<string> {
  const { id, severity, kind, summary } = rule;
  const strict = isInPreset(rule, 'recommended') ? '' : ' (strict)';
  const fix = await fixingOf(rule);
  const cells = [
    `[${id}](${id}.md)`,
    `${severity}${strict}`,
    kind,
    fix === 'none' ? '' : fix,
    markdownText(summary),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const definitions = (meanings: Readonly<Record<string, string>>): string =>
  Object.entries(meanings)
    .map(([word, meaning]) => `**${word}** – ${markdownText(meaning)}`)
    .join('; ');
