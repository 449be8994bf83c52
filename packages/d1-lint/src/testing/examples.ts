import { findWrangler, loadSplitter } from 'd1-core/wrangler';
import { activeRules, type LintConfig } from '../config/index.ts';
import { exampleFiles, exampleScripts, lintExampleFiles } from '../engine/example.ts';
import type { LintOptions, LintResult } from '../engine/lint.ts';
import type { Example, ExampleChanges, LintFile } from '../engine/rule.ts';
import { allRules } from '../rules/index.ts';

export { exampleFile as lintFile, exampleFiles } from '../engine/example.ts';

export const ruleIds: readonly string[] = allRules.map(({ id }) => id);

export type ExampleOptions = Pick<LintOptions, 'rollbackScripts' | 'loadSplit'>;

/** Lints as the executor does, by default with the recommended preset. */
export const lintFiles = (
  files: readonly LintFile[],
  config: LintConfig = {},
  since?: ExampleChanges,
  options: ExampleOptions = {},
): Promise<LintResult> =>
  lintExampleFiles(files, since, { rules: activeRules(allRules, config), ruleIds, ...options });

let splitter: ReturnType<typeof loadSplitter> | undefined;

/** As `loadSplit`. In a test wrangler takes seconds to load, so only those ask for it that need it. */
export const wranglerSplit = () => (splitter ??= loadSplitter(findWrangler(import.meta.dirname)));

export const lintExample = (
  example: Example,
  config: LintConfig = {},
  since?: ExampleChanges,
  options: ExampleOptions = {},
): Promise<LintResult> =>
  lintFiles(exampleFiles(example), config, since, {
    rollbackScripts: exampleScripts(example),
    ...options,
  });
