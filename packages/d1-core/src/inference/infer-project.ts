import type { ProjectConfiguration } from '@nx/devkit';
import { existsSync } from 'node:fs';
import { basename, join, posix, relative, sep } from 'node:path';
import {
  findWranglerConfig,
  listEnvironments,
  readWranglerConfig,
  type D1Binding,
  type Environment,
} from '../environment/index.ts';
import { isD1Error } from '../errors/index.ts';
import { buildTargets, targetNames } from './build-targets.ts';
import { oneLine } from './one-line.ts';
import type { PluginOptions } from './plugin-options.ts';
import { readProjectName } from './project-name.ts';
import type { PluginDefinition } from './target-definition.ts';
import type { Workspace } from './workspace.ts';

export interface InferredProject {
  /** Relative to the workspace root, with `/`; '.' for the workspace itself. */
  readonly root: string;
  readonly configFile: string;
  readonly project: Pick<ProjectConfiguration, 'name' | 'targets' | 'metadata'>;
  /** Undefined when the wrangler config could not be read. */
  readonly environmentNames: readonly string[] | undefined;
}

/** Makes the D1 targets of a Worker, which has to know whether the workspace has others. */
export type ProjectMaker = (isOneOfSeveral: boolean) => InferredProject;

/** The D1 targets of a folder, or undefined where it is no project or has no D1 database. Never throws. */
export function inferProject(
  plugin: PluginDefinition,
  folder: string,
  options: PluginOptions,
  workspace: Workspace,
): ProjectMaker | undefined {
  const absolute = join(workspace.root, folder);
  const file = findWranglerConfig(absolute);
  if (file === undefined || !isProject(absolute)) return undefined;

  const found = readEnvironments(file, options);
  const environments = found.environments ?? [];
  if (found.problem === undefined && environments.length === 0) return undefined;

  const configFile = posix.join(folder, basename(file));
  const databases = environments.flatMap((environment) => environment.databases);
  const folders = migrationsFolders(databases, workspace.root);
  const name = readProjectName(absolute);
  const targets = (isOneOfSeveral: boolean) =>
    buildTargets({
      plugin,
      isOneOfSeveral,
      projectName: name,
      folder,
      workspace,
      wranglerConfig: configFile,
      options,
      environments,
      inputs: [
        ...migrationInputs(databases, folder, workspace.root),
        `{workspaceRoot}/${configFile}`,
        'production' in workspace.namedInputs ? '^production' : '^default',
      ],
      migrationsFolders: folders,
      problem: found.problem,
    });
  return (isOneOfSeveral) => ({
    root: folder,
    configFile,
    // Nx gives up on the whole graph when a manifest outside of the package manager's workspaces has no name.
    project: {
      name,
      targets: targets(isOneOfSeveral),
      metadata: { targetGroups: { D1: targetNames(plugin, options) } },
    },
    environmentNames: found.environments?.map((environment) => environment.name),
  });
}

function readEnvironments(
  file: string,
  options: PluginOptions,
): { readonly environments?: readonly Environment[]; readonly problem?: string } {
  try {
    return { environments: listEnvironments(readWranglerConfig(file), options.environments ?? {}) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

/** Whether Nx sees a project in a folder, by its absolute path. */
export const isProject = (folder: string): boolean =>
  ['project.json', 'package.json'].some((name) => existsSync(join(folder, name)));

/** Why a wrangler config cannot be read, in the one line that a description has. */
export function problemOf(error: unknown): string {
  const text = isD1Error(error) ? oneLine(error) : String(error);
  return `Cannot run: ${text}`.replaceAll(/\s+/g, ' ');
}

/** What Nx watches for a new migration, wherever the folder lies, and whatever the files are called. */
export const migrationInputs = (
  databases: readonly D1Binding[],
  folder: string,
  root: string,
): readonly string[] => [
  ...migrationsFolders(databases, root).map(
    (path) => `{workspaceRoot}/${posix.join(path, '**/*.{sql,SQL}')}`,
  ),
  ...databases.flatMap(({ migrationsPattern: pattern = '.sql' }) =>
    pattern.endsWith('.sql') ? [] : [`{workspaceRoot}/${posix.join(folder, pattern)}`],
  ),
];

/** The folders of migrations that Nx can watch, relative to the workspace root, with `/`. */
export function migrationsFolders(databases: readonly D1Binding[], root: string): readonly string[] {
  const folders = databases
    .map(({ migrationsDir }) => relative(root, migrationsDir).split(sep).join('/'))
    .filter((folder) => folder !== '..' && !folder.startsWith('../'));
  return [...new Set(folders)].sort();
}
