import type { GeneratorCallback, Tree } from '@nx/devkit';
import { execaSync } from 'execa';
import { gt, minVersion, validRange } from 'semver';
import { detectPackageManager, getPackageManagerCommand, readJson, updateJson } from '../nx/index.ts';

/** What a workspace gets that has no wrangler yet: the version that the plugin is tested with, and newer ones. */
const WRANGLER_VERSION = '^4.156.0';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** An existing version stays, unless told otherwise and it is older. Gives what installs a version that was added. */
export function addWrangler(
  tree: Tree,
  { keepExistingVersions = true }: { keepExistingVersions?: boolean },
): GeneratorCallback {
  const { dependencies, devDependencies } = readJson<Manifest>(tree, 'package.json');
  const existing = dependencies?.['wrangler'] ?? devDependencies?.['wrangler'];
  if (existing !== undefined && (keepExistingVersions || !isOlder(existing))) return () => undefined;
  const field = dependencies?.['wrangler'] === undefined ? 'devDependencies' : 'dependencies';
  updateJson<Manifest>(tree, 'package.json', (manifest) => ({
    ...manifest,
    [field]: sorted({ ...manifest[field], wrangler: WRANGLER_VERSION }),
  }));
  return () => {
    const { install } = getPackageManagerCommand(detectPackageManager(tree.root), tree.root);
    execaSync(install, { cwd: tree.root, shell: true, stdio: 'inherit' });
  };
}

/** What is no range of versions, such as `catalog:` or `workspace:*`, is decided elsewhere. */
function isOlder(range: string): boolean {
  const wanted = minVersion(WRANGLER_VERSION);
  const present = validRange(range) === null ? null : minVersion(range);
  return wanted !== null && present !== null && gt(wanted, present);
}

const sorted = (packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
