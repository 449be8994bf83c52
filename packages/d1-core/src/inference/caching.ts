import type { TargetConfiguration } from '@nx/devkit';
import { join, resolve } from 'node:path';
import type { Workspace } from './workspace.ts';
import { findPackage, namedBy } from './named-files.ts';
import { statedOptions } from './stated-options.ts';

/** A target whose result Nx keeps. */
export interface CachedTarget {
  readonly name: string;
  readonly executor: string;
  /** As it is inferred. */
  readonly wranglerConfig: string;
  /** Options with which each run has to take place, such as one that reads git or writes into the workspace. */
  readonly changing?: readonly string[] | undefined;
  /** Files that the executor looks for by itself and that may name others, absolute; they need not be there. */
  readonly configFiles?: readonly string[] | undefined;
  /** The environment variables that say something, the one of `runMark` included. */
  readonly variables: readonly string[];
}

/**
 * What the result of a target depends on besides what it is inferred from: what its options and configs name, the
 * environment and the version of wrangler. `cache` is false where its options make every run another.
 */
export function cachingOf(
  folder: string,
  { name, executor, wranglerConfig, changing = [], configFiles = [], variables }: CachedTarget,
  workspace: Workspace,
): { readonly cache: boolean; readonly inputs: NonNullable<TargetConfiguration['inputs']> } {
  const { root } = workspace;
  const options = statedOptions(folder, workspace, { name, executor });
  const isChanging = options.some(
    (one) =>
      changing.some((option) => (one[option] ?? false) !== false) ||
      // Another wrangler config has other migrations.
      (one['wranglerConfig'] ?? wranglerConfig) !== wranglerConfig,
  );
  const texts = options.flatMap((one) => Object.values(one)).filter((value) => typeof value === 'string');
  const named = namedBy([...configFiles, ...texts.map((text) => resolve(root, text))], root);
  // Nx refuses to run a target that names what is not installed. The version of the plugin itself is in its run mark.
  const external = ['wrangler', ...named.packages].filter(
    (one) => !executor.startsWith(`${one}:`) && findPackage(one, join(root, folder), root) !== undefined,
  );
  return {
    cache: !isChanging,
    inputs: [
      ...named.files.map((file) => `{workspaceRoot}/${file}`),
      ...named.folders.map((path) => `{workspaceRoot}/${path}/**/*`),
      ...variables.map((env) => ({ env })),
      ...(external.length === 0 ? [] : [{ externalDependencies: external }]),
    ],
  };
}
