import { defineGenerator, generatorOptions, text } from 'd1-core/command';

/** Writes a GitHub workflow that checks, plans, and after an approval migrates and deploys one environment. */
export const ciGenerator = defineGenerator({
  name: 'ci',
  title: 'Write a CI workflow: checks, plan, approval, migrate and deploy',
  description:
    'Writes a GitHub workflow: lint and validate, the plan in every pull request, and after a merge and an approval migrate and deploy.',
  options: {
    environment: text(
      'The environment to deploy to. Default: the only protected one, or the only one of these that is called production.',
      { priority: 'important' },
    ),
    branch: text('The branch that is deployed. Default: defaultBase of nx.json, or main.'),
    workflow: text('The name of the file in .github/workflows, without its extension. Default: d1.'),
    ...generatorOptions,
  },
  examples: [{ description: 'Write .github/workflows/d1.yml' }],
  async run(site, options) {
    const { writeWorkflow } = await import('./write-workflow.ts');
    writeWorkflow(site, options);
  },
});
