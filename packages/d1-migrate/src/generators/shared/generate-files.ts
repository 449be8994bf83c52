import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FileTree } from 'd1-core/site';
import ejs from 'ejs';

/** What stands for the names in a template, in its path as `__name__`. */
export type Substitutions = Readonly<Record<string, unknown>>;

/** Writes the templates of a folder: EJS, in files that end in `.template`. */
export function generateFiles(tree: FileTree, source: string, target: string, values: Substitutions): void {
  for (const template of globSync('**/*.template', { cwd: source })) {
    const path = template
      .split(sep)
      .join('/')
      .replace(/\.template$/, '')
      .replaceAll(/__(\w+)__/g, (_, name: string) => String(values[name]));
    tree.write(join(target, path), ejs.render(readFileSync(join(source, template), 'utf8'), { ...values }));
  }
}
