import { CALL_FORMS, type CallForm } from 'd1-queries/testing';
import { markdownBlock, markdownCode, markdownText } from 'd1-core/report';
import type { WrittenFiles } from './written-files.ts';

const outcome = ({ found = [], dynamic = 0, recording }: CallForm): string =>
  [
    ...(found.length === 0 ? [] : [`Found: ${found.map(markdownCode).join(', ')}.`]),
    ...(recording === undefined ? [] : ['Found by recording: the page lists the package.']),
    ...(dynamic === 0 ? [] : ['Listed as not checked.']),
  ].join(' ');

function page(): string {
  const count = CALL_FORMS.reduce((all, { forms }) => all + forms.length, 0);
  return [
    "# How SQL may stand in a Worker's source",
    '',
    `Written from the tests by \`npm run docs\`: do not change it by hand. Each of these ${count} forms is a test of d1-queries. \`DB\` is a D1 binding.`,
    '',
    ...CALL_FORMS.flatMap(({ title, forms }) => [
      `## ${markdownText(title)}`,
      '',
      ...forms.flatMap((form) => [
        `**${markdownText(form.title)}.** ${outcome(form)}`,
        '',
        ...markdownBlock('ts', form.source.trim().split(/\r?\n/)),
        '',
        ...Object.entries(form.files ?? {}).flatMap(([name, text]) => [
          `${markdownCode(name)}:`,
          '',
          ...markdownBlock(name.endsWith('.json') ? 'json' : 'ts', text.split('\n')),
          '',
        ]),
      ]),
    ]),
  ].join('\n');
}

/** docs/call-forms.md, from the forms that d1-queries is tested with. */
export const callForms = (): WrittenFiles => ({ texts: new Map([['docs/call-forms.md', page()]]) });
