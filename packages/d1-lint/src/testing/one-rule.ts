import { fixFiles } from '../engine/fix.ts';
import type { Example } from '../engine/rule.ts';
import { exampleFiles, lintExample, lintFiles } from './examples.ts';

const strict = { preset: 'strict' } as const;

/** The texts to which the findings of one rule point. */
export async function textsFound(example: Example, rule: string): Promise<readonly string[]> {
  const { findings } = await lintExample(example, strict);
  const texts = new Map(exampleFiles(example).map(({ path, text }) => [path, text]));
  return findings
    .filter((finding) => finding.rule === rule)
    .map(({ file, range }) => texts.get(file)?.slice(range.start, range.end) ?? '');
}

export async function helpsOf(example: Example, rule: string): Promise<readonly string[]> {
  const { findings } = await lintExample(example, strict);
  return findings.filter((finding) => finding.rule === rule).map(({ help }) => help);
}

/** The files, joined by line breaks, behind `--fix` with one rule alone. */
export async function fixedBy(example: Example, rule: string): Promise<string> {
  const files = exampleFiles(example);
  const config = { preset: 'engine-only', rules: { [rule]: 'error' } } as const;
  const { changed } = await fixFiles(files, (current) => lintFiles(current, config));
  return files.map((file) => (changed.find(({ name }) => name === file.name) ?? file).text).join('\n');
}
