import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicNames } from '../api/examples.ts';
import type { WrittenFiles } from './written-files.ts';

/** The packages that have functions for scripts. */
export const PACKAGES = ['d1-migrate', 'd1-lint', 'd1-queries', 'd1-backup', 'd1-fleet'] as const;

const ROOT = join(import.meta.dirname, '../../../..');

/** The page of the functions for scripts, from their docstrings. */
export const api = (): WrittenFiles => ({
  texts: new Map([['docs/api.md', [INTRODUCTION, ...PACKAGES.map(section)].join('\n\n')]]),
});

const INTRODUCTION = `<!-- Written by "npm run docs". -->

# From a script

What the commands do, as functions. Each takes the options that its command has, by the names that they have in Nx; the pages of the
packages describe them. \`folder\` says where the Worker is. Paths are relative to it.`;

function section(plugin: string): string {
  const { head, names } = publicNames(readFileSync(join(ROOT, 'packages', plugin, 'src/index.ts'), 'utf8'));
  return [
    `## ${plugin}`,
    head,
    ...names.flatMap(({ name, text, example }) => [
      `### \`${name}\``,
      text,
      ...(example === undefined ? [] : [`\`\`\`ts\n${example}\`\`\``]),
    ]),
  ].join('\n\n');
}
