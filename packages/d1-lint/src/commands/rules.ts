import { defineCommand, reportOptions } from 'd1-core/command';

export const rulesCommand = defineCommand({
  name: 'rules',
  title: 'List all rules',
  description: 'Shows every rule with its severity, its kind and what it finds.',
  options: reportOptions,
  examples: [{ description: 'List all rules' }],
  async run() {
    const [{ table }, { isInPreset }, { allRules }] = await Promise.all([
      import('d1-core/report'),
      import('../config/index.ts'),
      import('../rules/index.ts'),
    ]);
    const rules = allRules.map(({ id, severity, kind, preset = 'recommended', summary }) => ({
      id,
      severity,
      kind,
      preset,
      summary,
    }));
    return {
      result: rules,
      exitCode: 0,
      text: table(
        allRules.map((rule) => [
          rule.id,
          isInPreset(rule, 'recommended') ? rule.severity : `off (strict: ${rule.severity})`,
          rule.kind,
          rule.summary,
        ]),
      ),
      document: { rules },
    };
  },
});
