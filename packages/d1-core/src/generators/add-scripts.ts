import type { Tree } from '@nx/devkit';
import { readJson, updateJson } from '../nx/index.ts';

/** Adds scripts to the workspace's package.json. Gives the names of those that are there already with other text. */
export function addScripts(tree: Tree, scripts: Readonly<Record<string, string>>): readonly string[] {
  const existing = readScripts(tree);
  const names = Object.keys(scripts);
  const missing = names.filter((name) => existing[name] === undefined);
  if (missing.length > 0) {
    const added = Object.fromEntries(missing.map((name) => [name, scripts[name]]));
    updateJson(tree, 'package.json', (manifest: object) => ({
      ...manifest,
      scripts: { ...existing, ...added },
    }));
  }
  return names.filter((name) => !missing.includes(name) && existing[name] !== scripts[name]);
}

function readScripts(tree: Tree): Readonly<Record<string, unknown>> {
  const { scripts = {} } = readJson<{ scripts?: Record<string, unknown> }>(tree, 'package.json');
  return scripts;
}
