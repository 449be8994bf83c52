import { lint, type LintOptions, type LintResult } from './lint.ts';
import type { Example, ExampleChanges, LintFile } from './rule.ts';

/** The migrations of an example; a text alone is the only one. */
export const exampleFiles = (example: Example): readonly LintFile[] =>
  entries(example)
    .filter(([name]) => !name.startsWith(ROLLBACK))
    .map(exampleFile);

/** A file of a migrations folder that is nowhere on a disk. */
export function exampleFile([name, content]: readonly [name: string, text: string]): LintFile {
  const number = Number.parseInt(name, 10);
  const bytes = new TextEncoder().encode(content);
  return {
    name,
    path: `migrations/${name}`,
    number: Number.isNaN(number) ? undefined : number,
    bytes,
    // A byte order mark is no part of the text.
    text: new TextDecoder().decode(bytes),
  };
}

/** The texts of the rollback scripts of an example, by the name of the migration. */
export const exampleScripts = (example: Example): ReadonlyMap<string, string> =>
  new Map(
    entries(example)
      .filter(([name]) => name.startsWith(ROLLBACK))
      .map(([name, text]) => [name.slice(ROLLBACK.length), text]),
  );

/** Lints the files of an example; `since` says what git knows of them. */
export const lintExampleFiles = (
  files: readonly LintFile[],
  since: ExampleChanges | undefined,
  options: LintOptions,
): Promise<LintResult> =>
  lint(files, {
    ...options,
    edited: new Set(since?.changed.filter((name) => since.base.includes(name))),
    base: since === undefined ? undefined : new Set(since.base),
    isReported: ({ name }) => since?.changed.includes(name) ?? true,
  });

const ROLLBACK = 'rollback/';

const entries = (example: Example): readonly (readonly [name: string, text: string])[] =>
  Object.entries(typeof example === 'string' ? { '0001_example.sql': example } : example);
