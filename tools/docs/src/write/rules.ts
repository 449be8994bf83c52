import { allRules, configSchema, ruleDocs } from 'd1-lint/source';
import type { WrittenFiles } from './written-files.ts';

/** docs/rules and the JSON schema of the linter's config, from the rule objects. */
export async function rulePages(): Promise<WrittenFiles> {
  const pages = [...(await ruleDocs(allRules))].map(([path, text]) => [`docs/rules/${path}`, text] as const);
  return {
    folder: 'docs/rules',
    texts: new Map([
      ...pages,
      ['packages/d1-lint/config.schema.json', JSON.stringify(configSchema(allRules))] as const,
    ]),
  };
}
