import { findWrangler, loadSplitter } from 'd1-core/wrangler';
import { activeRules, type LintConfig } from '../config/index.ts';
import { lint, type LintOptions, type LintResult } from '../engine/lint.ts';
import type { Example, ExampleChanges, LintFile } from '../engine/rule.ts';
import { allRules } from '../rules/index.ts';

/** The migrations of an example; a text alone is the only one. */
export const exampleFiles = (example: Example): readonly LintFile[] =>
  entries(example)
    .filter(([name]) => !name.startsWith('rollback/'))
    .map(lintFile);

const entries = (example: Example) =>
  Object.entries(typeof example === 'string' ? { '0001_example.sql': example } : example);

const rollbackScripts = (example: Example): ReadonlyMap<string, string> =>
  new Map(
    entries(example)
      .filter(([name]) => name.startsWith('rollback/'))
      .map(([name, text]) => [name.slice('rollback/'.length), text]),
  );

export function lintFile([name, content]: readonly [string, string]): LintFile {
  const number = Number.parseInt(name, 10);
  const bytes = new TextEncoder().encode(content);
  return {
    name,
    path: `migrations/${name}`,
    number: Number.isNaN(number) ? undefined : number,
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

export const ruleIds: readonly string[] = allRules.map(({ id }) => id);

export type ExampleOptions = Pick<LintOptions, 'rollbackScripts' | 'loadSplit'>;

/** Lints as the executor does, by default with the recommended preset. */
export async function lintFiles(
  files: readonly LintFile[],
  config: LintConfig = {},
  since?: ExampleChanges,
  options: ExampleOptions = {},
): Promise<LintResult> {
  const rules = activeRules(allRules, config);
  return lint(files, {
    rules,
    ...options,
    ruleIds,
    edited: new Set(since?.changed.filter((name) => since.base.includes(name))),
    base: since === undefined ? undefined : new Set(since.base),
    isReported: ({ name }) => since?.changed.includes(name) ?? true,
  });
}

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
    rollbackScripts: rollbackScripts(example),
    ...options,
  });
