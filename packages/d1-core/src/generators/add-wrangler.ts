import { addDependenciesToPackageJson, readJson, type GeneratorCallback, type Tree } from '@nx/devkit';

/** What a workspace gets that has no wrangler yet: the version that the plugin is tested with, and newer ones. */
const WRANGLER_VERSION = '^4.156.0';

/** An existing version stays, unless told otherwise and it is older. */
export function addWrangler(
  tree: Tree,
  { keepExistingVersions = true }: { keepExistingVersions?: boolean },
): GeneratorCallback {
  const { dependencies = {} } = readJson<{ dependencies?: Record<string, string> }>(tree, 'package.json');
  const wrangler = { wrangler: WRANGLER_VERSION };
  const isDependency = 'wrangler' in dependencies;
  return addDependenciesToPackageJson(
    tree,
    isDependency ? wrangler : {},
    isDependency ? {} : wrangler,
    undefined,
    keepExistingVersions,
  );
}
