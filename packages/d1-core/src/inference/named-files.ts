import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What a result depends on that a config or an option names. */
export interface Named {
  /** Relative to the workspace root, with `/`. */
  readonly files: readonly string[];
  /** Folders of packages of the workspace, the same way. */
  readonly folders: readonly string[];
  /** Packages that are installed. */
  readonly packages: readonly string[];
}

const SOURCE = /\.[cm]?[jt]s$/i;
const CONFIG = /\.([cm]?[jt]s|jsonc?)$/i;
const TEXT = /(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g;
const IMPORTED = /\b(?:from|import|require)\b\s*\(?\s*(['"])([^'"\n]+)\1/g;

/**
 * Follows files to those that they name: every text in them that is the path of a file counts, so that an import, a
 * baseline and a file that is read all do. What is too much makes a run too many; what is missing, a wrong result.
 */
export function namedBy(start: readonly string[], root: string): Named {
  const files = new Set<string>();
  const folders = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string, isStart = false) => {
    const path = below(root, file);
    if (path === undefined || files.has(path) || !isFile(file)) return;
    files.add(path);
    if (!(isStart ? CONFIG : SOURCE).test(file)) return;
    const text = readFileSync(file, 'utf8');
    for (const [, , named = ''] of text.matchAll(TEXT)) visit(resolve(dirname(file), named));
    for (const [, , specifier = ''] of text.matchAll(IMPORTED)) {
      const name = packageName(specifier);
      const folder = name === undefined ? undefined : findPackage(name, dirname(file), root);
      if (name === undefined || folder === undefined) continue;
      const real = realpathSync(folder);
      const own = below(root, real);
      if (own !== undefined) folders.add(own);
      else if (real.split(sep).includes('node_modules')) packages.add(name);
    }
  };
  for (const file of start) visit(file, true);
  return { files: [...files].sort(), folders: [...folders].sort(), packages: [...packages].sort() };
}

/** The path below the workspace; undefined for what is not in it, or installed. */
function below(root: string, path: string): string | undefined {
  const parts = relative(root, path).split(sep);
  return parts[0] === '..' || parts.includes('node_modules') || parts[0] === '' ? undefined : parts.join('/');
}

/** A text may be too long for a path, or name what may not be looked at. */
function isFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const packageName = (specifier: string): string | undefined =>
  /^(@[^/:]+\/[^/:]+|[a-z0-9][^/:]*)(?:\/|$)/i.exec(specifier)?.[1];

/** The folder of a package that a file in a folder would import. */
export function findPackage(name: string, from: string, root: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (isFile(join(folder, 'package.json'))) return folder;
    if (at === root || at === dirname(at)) return undefined;
  }
}
