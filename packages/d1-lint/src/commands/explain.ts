import { defineCommand, reportOptions, text } from 'd1-core/command';

export const explainCommand = defineCommand({
  name: 'explain',
  title: 'Explain a rule',
  description: 'Shows the page of a rule: why it exists, with examples, what it reports and how to fix it.',
  options: {
    rule: text('The rule, such as data/rebuild-cascades.', { isPositional: true, priority: 'important' }),
    ...reportOptions,
  },
  examples: [{ description: 'Explain a rule', words: ['data/rebuild-cascades'] }],
  async run({ rule: id = '' }) {
    const [{ rulePage, switchOff, terminal }, { findRule }] = await Promise.all([
      import('../explain/index.ts'),
      import('../rules/index.ts'),
    ]);
    const page = [...(await rulePage(findRule(id))), ...switchOff(id)];
    return { result: page, exitCode: 0, text: terminal(page), document: { rule: id, page } };
  },
});
