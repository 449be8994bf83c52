import { findWrangler, loadSplitter } from 'd1-core/wrangler';
import { activeRules, type LintConfig } from '../config/index.ts';
import { lint, type LintResult } from '../engine/lint.ts';
import type { Example, ExampleChanges, LintFile } from '../engine/rule.ts';
import { allRules } from '../rules/index.ts';

/** The files of an example; a text alone is the only migration. */
export const exampleFiles = (example: Example): readonly LintFile[] =>
  Object.entries(typeof example === 'string' ? { '0001_example.sql': example } : example).map(lintFile);

export function lintFile([name, text]: readonly [string, string]): LintFile {
  const number = Number.parseInt(name, 10);
  return {
    name,
    path: `migrations/${name}`,
    number: Number.isNaN(number) ? undefined : number,
    bytes: new TextEncoder().encode(text),
    text,
  };
}

export const ruleIds: readonly string[] = allRules.map(({ id }) => id);

/** Lints as the executor does, by default with the recommended preset. */
export async function lintFiles(
  files: readonly LintFile[],
  config: LintConfig = {},
  since?: ExampleChanges,
): Promise<LintResult> {
  const rules = activeRules(allRules, config);
  const needsSplit = rules.some(({ rule }) => rule.needs === 'wrangler-split');
  return lint(files, {
    rules,
    ruleIds,
    base: since === undefined ? undefined : new Set(since.base),
    isReported: ({ name }) => since?.changed.includes(name) ?? true,
    wranglerSplit: needsSplit ? await wranglerSplit() : undefined,
  });
}

let splitter: ReturnType<typeof loadSplitter> | undefined;
const wranglerSplit = () => (splitter ??= loadSplitter(findWrangler(import.meta.dirname)));

export const lintExample = (
  example: Example,
  config: LintConfig = {},
  since?: ExampleChanges,
): Promise<LintResult> => lintFiles(exampleFiles(example), config, since);
